// YOLO's text labels: for images/a/b.jpg the file labels/a/b.txt with one box per line,
//
//   0 0.5 0.25 0.1 0.2        class, centre x, centre y, width, height as shares of the image
//
// and the names of the classes in data.yaml (`names:` as a list or a map), classes.txt or obj.names
// (one name per line). An image without a label file, or with an empty one, has no objects.
//
// Lines may be longer. A box may be followed by the points of YOLOv5-face and of Ultralytics' pose
// sets: five of x y (15 numbers) or x y visibility (20) are eyes, nose and mouth corners (left is
// the viewer's), unknown if one is -1 or invisible; data.yaml's `kpt_shape` says how many there
// are. Or a line is a class and an outline of at least three points x y (segments; an odd number),
// whose extent is the box. Without data.yaml, lines with an odd number are ambiguous: they are
// outlines if the set's lines differ in length or have 7 or 9 numbers; otherwise 15 are five
// points, and others are omitted. Lines of six numbers are omitted too: the sixth is a detector's
// confidence (Ultralytics' save_conf), and its results are not labels.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

/// All images below `images`, sorted; boxes are normalised. A line is omitted if it is not a box as
/// above, has a share more than 0.01 outside [0, 1] or a class without a name; so are an image of
/// which no line can be read, and a label file without an image. Images without a label file are
/// LabelledSet::unlabelled.
/// @param names data.yaml, or a text file with one name per line; empty: there is one class, "face"
/// @throws Error(not_found) no such folder or file, no image, no label file of any image;
/// Error(format) for
///         damaged names, and as FlawLog::left_out
[[nodiscard]] LabelledSet read_yolo(const std::filesystem::path& images,
                                    const std::filesystem::path& labels,
                                    const std::filesystem::path& names, FlawLog& flaws);

/// An image and where its labels are, if it has any.
struct YoloPair {
  std::filesystem::path image, labels;
};

/// The same for images and label files wherever they are: all belong to one set, since longer lines
/// are interpreted by the lines of the whole set. Images of the result keep the paths they have
/// here.
/// @throws Error(not_found) if no image has labels; as read_yolo
[[nodiscard]] LabelledSet read_yolo_pairs(const std::vector<YoloPair>& pairs,
                                          const std::filesystem::path& names, FlawLog& flaws);

/// Label files below a folder, sorted; without other files such as classes.txt.
/// @param names is not one of them
[[nodiscard]] std::vector<std::filesystem::path> list_yolo_labels(
    const std::filesystem::path& folder, const std::filesystem::path& names);

/// The parts of read_yolo that read one file each.
/// @param classes number of classes
/// @return nothing, and flaws, if there are lines and none can be read
[[nodiscard]] std::optional<LabelledImage> read_yolo_labels(const std::filesystem::path& path,
                                                            std::size_t classes, FlawLog& flaws);
/// @param path data.yaml (.yaml, .yml), or a text file with one name per line
[[nodiscard]] std::vector<std::string> read_yolo_names(const std::filesystem::path& path);

}  // namespace faceshot::data
