// Detections in WIDER FACE's official result layout: DIR/<event>/<image>.txt, each with the image's
// name, the number of detections, then one line `x y width height score` per detection (pixels).
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "evaluate/wider_protocol.hpp"

namespace faceshot::evaluate {

/// Reads every .txt file in the sub-folders of `dir`. Event and image come from the path; like the
/// official tools, this ignores the name line and numbers after the fifth.
/// @return by event and image name; an image whose file says 0 has no boxes
/// @throws Error(not_found) no such folder, or no result file in it; Error(format) "FILE:LINE:
/// what"
///         for a file that is truncated or longer than it says, or a line that is not a detection
[[nodiscard]] std::vector<ImageDetections> read_result_files(const std::filesystem::path& dir);

/// Writes one file per image, each number with the fewest digits that reproduce it exactly. Each
/// file is complete or absent (temporary name + rename).
/// @throws Error(io); Error(invalid_argument) for an event or image name that is not a file name
void write_result_files(const std::filesystem::path& dir, std::span<const ImageDetections> images);

}  // namespace faceshot::evaluate
