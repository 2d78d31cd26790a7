// Where a YOLO data set keeps its parts: given by its description (yolo_places.hpp), otherwise by
// lists of paths (train.txt, val.txt, ...) in its folder, otherwise by the names of its folders.
//
// The labels of .../images/a/b.jpg are .../labels/a/b.txt, with the last `images` (or VOC's
// `JPEGImages`) replaced; if there is no such folder, b.txt is beside b.jpg.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

/// Photographs and their labels.
struct YoloPart {
  std::string split;             ///< "train", "val", "test"; empty: unknown
  std::filesystem::path images;  ///< a folder, or a text file that lists them
  std::filesystem::path labels;  ///< the folder of label files; empty: found image by image
};

struct YoloLayout {
  std::filesystem::path names;  ///< of classes: data.yaml, classes.txt, ...; empty: none
  std::vector<YoloPart> parts;  ///< at least one; train first
  bool all_splits = true;       ///< whether these are all splits of the set
};

/// Without a description that gives places: lists of paths in `root`, each named after a split;
/// images/ with labels/, whose subfolders train, val (or valid) and test are splits if images/ has
/// nothing else; train/images with train/labels and so on; labels beside the images, in train/ and
/// so on or in `root`.
/// @param root the folder, or its description: data.yaml or darknet's obj.data
/// @param names another file with the classes' names, or another data.yaml; empty: the one in
/// `root`:
///        data.yaml or the only .yaml, obj.data or the only .data, classes.txt, the only .names,
///        Roboflow's _darknet.labels
/// @param split the only one wanted; empty: all. Places of others need not exist
/// @param flaws a missing `test` is omitted: Roboflow names it in every data.yaml
/// @throws Error(not_found) for other missing places, which it names; Error(format) for a
/// description
///         that cannot be read, whose number of classes is not that of its names, or files of names
///         that contradict each other
[[nodiscard]] YoloLayout find_yolo_layout(const std::filesystem::path& root,
                                          const std::filesystem::path& names,
                                          const std::string& split, FlawLog& flaws);

/// The content of a YOLO data set.
struct YoloSet {
  LabelledSet set;               ///< with splits if the layout has them
  std::filesystem::path images;  ///< the folder to which images are relative: their common parent
};

/// An image in several splits belongs to the first. Listed paths are resolved as in
/// find_written_path, below the list's folder and its parent. Longer lines are interpreted alike in
/// all splits (yolo.hpp). A label file without an image is omitted, and so is one beside listed
/// images that no list contains.
/// @throws Error(not_found) if no image of the whole set has labels, or a folder of labels is
/// missing;
///         as read_yolo
[[nodiscard]] YoloSet read_yolo_layout(const YoloLayout& layout, FlawLog& flaws);

}  // namespace faceshot::data
