// LabelMe (labelmeai/labelme, and X-AnyLabeling, which writes the same): one JSON file per image.
//
//   {"version": "5.5.0", "flags": {}, "imagePath": "a.jpg", "imageWidth": 640, "imageHeight": 480,
//    "imageData": null,
//    "shapes": [{"label": "face", "shape_type": "rectangle", "points": [[10, 20], [30, 50]],
//                "group_id": null, "flags": {"difficult": false}}]}
//
// Coordinates are continuous pixels from the image's top-left corner, like ours. A rectangle is two
// opposite corners in any order (or four), a circle its centre and a point on its rim, a mask the
// first and the last pixel of its box. The box of a shape is its extent, and
// counted as changed if it is not a rectangle.
#pragma once

#include <filesystem>

#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

/// One image for each .json file, sorted by name; classes sorted by name. `imagePath` is relative
/// to its file ('\' is '/'); if there is no such image in `images`, the one of that name at the
/// file's position within `annotations` is used. A shape's flag `difficult` or `ignore` (or its
/// member `difficult`, in X-AnyLabeling), or the label `__ignore__`, becomes `ignore`, its flag
/// `occluded` a partial occlusion; points with a box's group_id become its landmarks (shapes.hpp).
/// Lines and other points are omitted, as are files that are not LabelMe's, and images with shapes
/// of which none is a box.
/// @param annotations a folder, searched recursively (names that begin with "._" are Apple's and
///        skipped), or one file
/// @throws Error(not_found) no such folder or file, or no .json file in it; as FlawLog::left_out
[[nodiscard]] LabelledSet read_labelme(const std::filesystem::path& annotations,
                                       const std::filesystem::path& images, FlawLog& flaws);

}  // namespace faceshot::data
