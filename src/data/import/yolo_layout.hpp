// Where a YOLO data set keeps its parts. data.yaml says it (Ultralytics' form, which Roboflow and
// others write):
//
//   path: ../sets/faces            optional
//   train: images/train            a folder, a text file with a path a line, or a list of these
//   val: [images/val, more/images]     or `valid`
//   test: ../test/images
//
// A place is looked for as it stands below `path` (itself relative to data.yaml's folder or the
// folder above), below data.yaml's folder and below the folder above; then, as Ultralytics does for
// Roboflow, below data.yaml's folder without its "../". The labels of .../images/a/b.jpg are
// .../labels/a/b.txt, with the last `images` replaced; where there is no such folder, b.txt lies
// beside b.jpg.
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
  std::filesystem::path names;  ///< data.yaml or classes.txt; empty: there is neither
  std::vector<YoloPart> parts;  ///< at least one; train first
};

/// Without places in data.yaml: images/ with labels/, whose subfolders train, val (or valid) and
/// test are splits if images/ holds nothing else; train/images with train/labels and so on; labels
/// beside the images.
/// @param root the folder, or data.yaml itself
/// @param names data.yaml or classes.txt where it is elsewhere; empty: data.yaml, the only .yaml or
///        classes.txt in `root`
/// @param split the only one that is wanted; empty: all. Places of others need not be there
/// @param flaws a `test` that is not there is left out: Roboflow names it in every data.yaml
/// @throws Error(not_found) for other places that are not there, which it names; Error(format) for
///         a data.yaml that cannot be read, or whose `nc` is not the number of its names
[[nodiscard]] YoloLayout find_yolo_layout(const std::filesystem::path& root,
                                          const std::filesystem::path& names,
                                          const std::string& split, FlawLog& flaws);

/// What a YOLO data set holds.
struct YoloSet {
  LabelledSet set;               ///< with splits where the layout has them
  std::filesystem::path images;  ///< the folder to which images are relative: what all have above
};

/// An image that is in several splits is kept in the first. Longer lines are read alike in all
/// splits (yolo.hpp). A label file without an image is left out.
/// @throws Error(not_found) if no image of the whole set has labels, or a folder of labels is not
///         there; as read_yolo
[[nodiscard]] YoloSet read_yolo_layout(const YoloLayout& layout, FlawLog& flaws);

}  // namespace faceshot::data
