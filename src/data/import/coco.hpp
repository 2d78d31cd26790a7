// COCO's object annotations: one JSON document with `images` (id, file_name, width, height),
// `categories` (id, name) and `annotations` (image_id, category_id, bbox [x, y, width, height],
// iscrowd). Five `keypoints`, all of them labelled, are taken for eyes, nose and mouth corners.
#pragma once

#include <filesystem>

#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

/// All images in the file's order, also those without annotations; classes in the order of the
/// categories' ids. `iscrowd` becomes `ignore`: it says that there are faces, not which.
/// @throws Error(not_found), Error(io); Error(format) "FILE: what" for what is not JSON, a missing
///         member, an id that is given twice or that nothing has
[[nodiscard]] LabelledSet read_coco(const std::filesystem::path& path);

}  // namespace faceshot::data
