// WIDER FACE's MATLAB layout (wider_face_split/wider_face_train.mat, wider_face_val.mat): for each
// event a cell with the images' names without extension (file_list), their boxes (face_bbx_list:
// one row x y w h per box) and, for each attribute, one number per box (blur_label_list and so on).
//
// The content is the same as in the text layout. An image without faces has one box of zeros there,
// which the importer drops like any other empty box.
#pragma once

#include <filesystem>
#include <vector>

#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

/// All images in file order, named <event>/<image>.jpg as in the text layout; `invalid` becomes
/// `ignore`. Attributes without a list (as in the evaluation's ground truth) are -1. An image whose
/// boxes or attributes are invalid is omitted, as is an event whose lists do not have one entry per
/// image.
/// @throws Error(not_found) no such file; Error(format) "FILE: what" if it is not a MATLAB file or
/// lacks
///         a list, and as FlawLog::left_out
[[nodiscard]] std::vector<LabelledImage> read_wider_mat(const std::filesystem::path& path,
                                                        FlawLog& flaws);

}  // namespace faceshot::data
