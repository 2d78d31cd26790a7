// Faces as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "faceshot/detection.hpp"
#include "media/photographs/image_file.hpp"

namespace faceshot::serve {

/// {"x1", "y1", "x2", "y2", "score"}, "class" if there are several, "landmarks" if there are any:
/// the format of `faceshot detect --json`.
[[nodiscard]] nlohmann::ordered_json face_json(const Detection& face,
                                               const std::vector<std::string>& classes);

/// {"width", "height", "faces"}, and "warning" if the decoder had to tolerate something.
[[nodiscard]] nlohmann::ordered_json photograph_json(const media::PhotographInfo& info,
                                                     std::span<const Detection> faces,
                                                     const std::vector<std::string>& classes);

}  // namespace faceshot::serve
