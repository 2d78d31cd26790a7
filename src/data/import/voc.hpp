// Pascal VOC: one XML file per image, with `object`s that have a `name` and a `bndbox`.
//
// VOC counts pixels from 1 and includes the last one: xmin 1, xmax 10 are ten pixels. In our
// continuous coordinates that box is [0, 10]. (Tools that write VOC often count from 0; the
// resulting shift of one pixel is within the precision of hand-drawn boxes.) `difficult` becomes
// `ignore`; `occluded` becomes a partial occlusion. CVAT's attribute `rotation` is applied, and the
// box becomes the extent.
#pragma once

#include <filesystem>

#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

/// The folders of a VOC data set: Annotations/ and JPEGImages/, or annotations/ and images/, or
/// (Roboflow) both in one folder, or in one per split.
struct VocFolders {
  std::filesystem::path annotations, images;
};

/// @throws Error(not_found) if there is no such pair of folders below `root`
[[nodiscard]] VocFolders find_voc_folders(const std::filesystem::path& root);

/// Sets each image's split. ImageSets/Main beside `annotations` takes precedence: train.txt,
/// val.txt, test.txt (or other names of these) and trainval.txt contain one annotation file's name
/// per line, with or without extension. `trainval` is the part that has no list of its own: val if
/// there is a train.txt, otherwise train. An image in several lists belongs to the first; an image
/// in no list is omitted, and so is a name without an annotation file. Lists of other names (CVAT's
/// default.txt) say no split. Without such lists, the top folders below `annotations` decide, if
/// all files are in folders named after splits.
/// @param set from read_voc for this folder
/// @throws Error(io); Error(format) as FlawLog::left_out
void set_voc_splits(LabelledSet& set, const std::filesystem::path& annotations, FlawLog& flaws);

/// All .xml files below `annotations`, sorted by name (except "._a.xml", which macOS writes);
/// classes sorted by name. An image's name is `filename`, or its XML's if that is missing, relative
/// to the XML's own folder within `annotations`. A file that is not VOC or has a size of 0 is
/// omitted; so is an object without name or box, with invalid numbers or with xmin > xmax, and an
/// image of which no object can be read.
/// @throws Error(not_found) no such folder, or no XML file in it; Error(format) as
/// FlawLog::left_out
[[nodiscard]] LabelledSet read_voc(const std::filesystem::path& annotations, FlawLog& flaws);

}  // namespace faceshot::data
