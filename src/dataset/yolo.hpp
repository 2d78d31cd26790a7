// YOLO's text labels: for images/a/b.jpg the file labels/a/b.txt with a box a line,
//
//   0 0.5 0.25 0.1 0.2        class, centre x, centre y, width, height as shares of the image
//
// and the names of the classes in data.yaml (`names:` as a list or a map) or classes.txt (a name a
// line). An image without a label file, or with an empty one, has no objects.
#pragma once

#include <filesystem>

#include "dataset/labelled_image.hpp"

namespace faceshot {

/// All images below `images`, sorted; boxes are normalised.
/// @param names data.yaml or classes.txt; empty: there is one class, "face"
/// @throws Error(not_found) no such folder or file, no image; Error(format) "FILE:LINE: what" for a
///         line that is no box (five numbers; more, as of segments or scores, are refused), a share
///         outside [0, 1], a class that has no name
[[nodiscard]] LabelledSet read_yolo(const std::filesystem::path& images,
                                    const std::filesystem::path& labels,
                                    const std::filesystem::path& names);

}  // namespace faceshot
