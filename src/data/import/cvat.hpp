// CVAT for images 1.1 (docs.cvat.ai, "XML annotation format"): one XML file.
//
//   <annotations><version>1.1</version><meta>...<labels><label><name>face</name></label></labels>
//   </meta><image id="0" name="a.jpg" subset="train" width="640" height="480">
//     <box label="face" occluded="0" xtl="1.5" ytl="2" xbr="30" ybr="40.25" rotation="0"
//       group_id="1"><attribute name="difficult">false</attribute></box></image></annotations>
//
// Coordinates are continuous pixels from the image's top-left corner, as ours.
#pragma once

#include <filesystem>

#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

/// All images in file order. Classes in the order of <labels>, those that have boxes.
/// `subset` gives the split, by any of its usual names (Train, validation ...), other values none;
/// an image is looked for in images/SUBSET (the layout of exported projects) and in images/.
/// `occluded` is a partial occlusion; an attribute `difficult`, `ignore` or `is_crowd` that is true
/// becomes `ignore`. The box of a polygon, an ellipse, a mask or a rotated box is its extent, and
/// counted as changed. Five named points of a skeleton become the landmarks of the box with the
/// same group_id (shapes.hpp). Other skeletons, points, lines and cuboids are omitted, with the
/// image if none of its shapes is a box; tags describe the image and are ignored.
/// @throws Error(not_found), Error(io); Error(format) if it is not XML, or another format (CVAT for
///         video is named); as FlawLog::left_out
[[nodiscard]] LabelledSet read_cvat(const std::filesystem::path& path,
                                    const std::filesystem::path& images, FlawLog& flaws);

}  // namespace faceshot::data
