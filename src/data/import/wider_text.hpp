// WIDER FACE's text layout (wider_face_train_bbx_gt.txt, wider_face_val_bbx_gt.txt):
//
//   0--Parade/0_Parade_marchingband_1_849.jpg
//   1
//   449 330 122 149 0 0 0 0 0 0        x y w h blur expression illumination invalid occlusion pose
//
// Accepted variants: an image with 0 faces, with or without a line of zeros after it; boxes without
// width or height; fractions (scaled copies); boxes without the six attributes; trailing blanks;
// CRLF.
#pragma once

#include <filesystem>
#include <vector>

#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

/// All images in file order with unclipped boxes; `invalid` becomes `ignore`. A line
/// that is not a box or has an attribute out of range is omitted; so is an image whose number of
/// boxes is wrong, or of which no box can be read.
/// @throws Error(not_found), Error(io); Error(format) as FlawLog::left_out
[[nodiscard]] std::vector<LabelledImage> read_wider_text(const std::filesystem::path& path,
                                                         FlawLog& flaws);

}  // namespace faceshot::data
