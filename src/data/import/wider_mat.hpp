// WIDER FACE's MATLAB layout (wider_face_split/wider_face_train.mat, wider_face_val.mat): for each
// event a cell with the images' names without extension (file_list), their boxes (face_bbx_list:
// x y w h a row) and, for each attribute, a number a box (blur_label_list and so on).
//
// The files say no more than the text layout. An image without faces has one box of zeros there,
// which the importer drops like any other box without area.
#pragma once

#include <filesystem>
#include <vector>

#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

/// All images in the file's order, named <event>/<image>.jpg as in the text layout; `invalid`
/// becomes `ignore`. Attributes whose list is missing (as in the evaluation's ground truth) are -1.
/// An image whose boxes or attributes are not such numbers is left out, and an event whose lists do
/// not have an entry for each image.
/// @throws Error(not_found) no such file; Error(format) "FILE: what" if it is not MATLAB's or lacks
/// a
///         list, and as FlawLog::left_out
[[nodiscard]] std::vector<LabelledImage> read_wider_mat(const std::filesystem::path& path,
                                                        FlawLog& flaws);

}  // namespace faceshot::data
