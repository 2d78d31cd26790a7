// COCO's object annotations: one JSON document with `images` (id, file_name, width, height),
// `categories` (id, name) and `annotations` (image_id, category_id, bbox [x, y, width, height],
// iscrowd). Five `keypoints`, all of them labelled, are read as eyes, nose and mouth corners.
//
// Variants of other tools: ids may be strings or 1.0, iscrowd true or false; `ignore` is the same
// (Label Studio), `attributes.rotation` rotates the bbox (CVAT), `coco_url` names the image (LVIS);
// without a bbox the extent of the `segmentation` is used if that is polygons; NaN and Infinity are
// not numbers, but do not make the file invalid.
#pragma once

#include <filesystem>

#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

/// All images in file order, including those without annotations; classes in the order of the
/// categories' ids. Categories of the same name are one class, and categories without annotations
/// are not classes (LabelledSet::unused), unless there are no annotations at all. `iscrowd` becomes
/// `ignore`: it says that there are faces, but not where. An image or annotation is omitted if it
/// lacks a member,
/// has an impossible one, or an id that is duplicate or unknown; so is an image of which no box can
/// be read.
/// @throws Error(not_found), Error(io); Error(format) "FILE:LINE: what" if it is not JSON, "FILE:
/// what"
///         if a list is missing or there is no category, and as FlawLog::left_out
[[nodiscard]] LabelledSet read_coco(const std::filesystem::path& path, FlawLog& flaws);

}  // namespace faceshot::data
