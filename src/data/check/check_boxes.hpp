// Checks the boxes of one image.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "data/check/raw_set.hpp"

namespace faceshot::data {

/// Reports a problem with a box; the answer says whether it is to be repaired.
using ReportBox = std::function<bool(Problem, const RawBox&, const std::string& detail)>;

/// True if the corners of a set look like x, y, width, height: many boxes would be swapped or empty
/// as corners, and nearly all lie inside their images if read the other way.
[[nodiscard]] bool look_like_xywh(const RawSet& set);

/// True if all boxes of an image look like shares of its width and height.
[[nodiscard]] bool look_normalised(const RawImage& image);

/// Checks boxes that are in pixels of an upright image of width x height. Errors are repaired in
/// what is returned whether that is asked for or not, so that each box is checked to the end;
/// warnings only if it is.
/// @param classes how many there are
[[nodiscard]] std::vector<geometry::Annotation> check_boxes(const std::vector<RawBox>& boxes,
                                                            int width, int height,
                                                            std::size_t classes, float min_side,
                                                            const ReportBox& report);

}  // namespace faceshot::data
