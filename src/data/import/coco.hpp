// COCO's object annotations: one JSON document with `images` (id, file_name, width, height),
// `categories` (id, name) and `annotations` (image_id, category_id, bbox [x, y, width, height],
// iscrowd). Five `keypoints`, all of them labelled, are taken for eyes, nose and mouth corners.
//
// As tools write it: ids may be texts or 1.0, iscrowd true or false; `ignore` is the same (Label
// Studio), `attributes.rotation` turns the bbox (CVAT), `coco_url` names the image (LVIS); without
// a bbox the extent of the `segmentation` is taken, if that is polygons; NaN and Infinity are no
// numbers, but no reason to refuse the file.
#pragma once

#include <filesystem>

#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

/// All images in the file's order, also those without annotations; classes in the order of the
/// categories' ids. Categories of one name are one class, and those that no annotation has are none
/// (LabelledSet::unused), unless there are no annotations at all. `iscrowd` becomes `ignore`: it
/// says that exist faces, not which. An image or annotation is left out that lacks a member,
/// has one that cannot be, or an id that is given to two or to nothing; so is an image of which no
/// box can be read.
/// @throws Error(not_found), Error(io); Error(format) "FILE:LINE: what" for what is not JSON,
/// "FILE: what"
///         for a list that is missing or without any category, and as FlawLog::left_out
[[nodiscard]] LabelledSet read_coco(const std::filesystem::path& path, FlawLog& flaws);

}  // namespace faceshot::data
