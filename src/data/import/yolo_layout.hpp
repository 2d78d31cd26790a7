// Where a YOLO data set keeps its parts: as its description says (yolo_places.hpp), else as lists
// of paths (train.txt, val.txt, ...) in its folder do, else as its folders are named.
//
// The labels of .../images/a/b.jpg are .../labels/a/b.txt, with the last `images` (or VOC's
// `JPEGImages`) replaced; where there is no such folder, b.txt lies beside b.jpg.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

/// Photographs and their labels.
struct YoloPart {
  std::string split;             ///< "train", "val", "test"; empty: nothing says it
  std::filesystem::path images;  ///< a folder, or a text file that lists them
  std::filesystem::path
      labels;  ///< the folder of label files; empty: they are found image by image
};

struct YoloLayout {
  std::filesystem::path names;  ///< of classes: data.yaml, classes.txt, ...; empty: there is none
  std::vector<YoloPart> parts;  ///< at least one; train first
  bool all_splits = true;       ///< whether all are here that the set has
};

/// Without a description that names places: lists of paths in `root`, each called as a split is;
/// images/ with labels/, whose subfolders train, val (or valid) and test are splits if images/
/// holds nothing else; train/images with train/labels and so on; labels beside the images, in
/// train/ and so on or in `root`.
/// @param root the folder, or its description: data.yaml or darknet's obj.data
/// @param names another file with the classes' names, or another data.yaml; empty: what `root` has:
///        data.yaml or the only .yaml, obj.data or the only .data, classes.txt, the only .names,
///        Roboflow's _darknet.labels
/// @param split the only one that is wanted; empty: all. Places of others need not be there
/// @param flaws a `test` that is not there is left out: Roboflow names it in every data.yaml
/// @throws Error(not_found) for other places that are not there, which it names; Error(format) for
///         a description that cannot be read, whose number of classes is not that of its names, or
///         files of names that contradict each other
[[nodiscard]] YoloLayout find_yolo_layout(const std::filesystem::path& root,
                                          const std::filesystem::path& names,
                                          const std::string& split, FlawLog& flaws);

/// What a YOLO data set holds.
struct YoloSet {
  LabelledSet set;               ///< with splits where the layout has them
  std::filesystem::path images;  ///< the folder to which images are relative: what all have above
};

/// An image that is in several splits is kept in the first. What a list names is looked for as
/// find_written_path does, below the list's folder and the one above. Longer lines are read alike
/// in all splits (yolo.hpp). A label file without an image is left out, and so is one beside those
/// of a list's images that no list names.
/// @throws Error(not_found) if no image of the whole set has labels, or a folder of labels is not
///         there; as read_yolo
[[nodiscard]] YoloSet read_yolo_layout(const YoloLayout& layout, FlawLog& flaws);

}  // namespace faceshot::data
