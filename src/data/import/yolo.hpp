// YOLO's text labels: for images/a/b.jpg the file labels/a/b.txt with a box a line,
//
//   0 0.5 0.25 0.1 0.2        class, centre x, centre y, width, height as shares of the image
//
// and the names of the classes in data.yaml (`names:` as a list or a map) or classes.txt (a name a
// line). An image without a label file, or with an empty one, has no objects.
#pragma once

#include <filesystem>

#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

/// All images below `images`, sorted; boxes are normalised.
/// @param names data.yaml or classes.txt; empty: there is one class, "face"
/// @throws Error(not_found) no such folder or file, no image; Error(format) "FILE:LINE: what" for a
///         line that is no box (five numbers; more, as of segments or scores, are refused), a share
///         outside [0, 1], a class that has no name
[[nodiscard]] LabelledSet read_yolo(const std::filesystem::path& images,
                                    const std::filesystem::path& labels,
                                    const std::filesystem::path& names);

/// The parts of read_yolo that read one file each.
/// @param classes how many names there are
[[nodiscard]] LabelledImage read_yolo_labels(const std::filesystem::path& path,
                                             std::size_t classes);
/// @param path data.yaml, or a .txt with a name a line
[[nodiscard]] std::vector<std::string> read_yolo_names(const std::filesystem::path& path);

}  // namespace faceshot::data
