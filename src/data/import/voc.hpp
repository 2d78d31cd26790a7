// Pascal VOC: one XML file per image, with `object`s that have a `name` and a `bndbox`.
//
// VOC counts pixels from 1 and includes the last one: xmin 1, xmax 10 are ten pixels. In our
// continuous coordinates that box is [0, 10]. (Tools that write VOC often count from 0; the pixel
// that this shifts such boxes by is within how precisely people draw them.) `difficult` becomes
// `ignore`; `occluded` becomes a partial occlusion. CVAT's attribute `rotation` makes the box the
// one around it.
#pragma once

#include <filesystem>

#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

/// Where a VOC folder keeps its parts: Annotations/ and JPEGImages/, or annotations/ and images/,
/// or (Roboflow) both in one folder, or in one a split.
struct VocFolders {
  std::filesystem::path annotations, images;
};

/// @throws Error(not_found) if there is no such pair of folders below `root`
[[nodiscard]] VocFolders find_voc_folders(const std::filesystem::path& root);

/// Sets each image's split. What ImageSets/Main beside `annotations` says comes first: train.txt,
/// val.txt, test.txt (or other names of these) and trainval.txt have an annotation file's name a
/// line, without or with extension. `trainval` is the part that has no list of its own, val if
/// there is a train.txt, else train. An image that several name is kept in the first; one that no
/// list names is left out, and so is a name without an annotation file. Lists of other names
/// (CVAT's default.txt) say no split. Where there is no such list, the uppermost folders below
/// `annotations` tell, if all files are in one that is called as a split is.
/// @param set as read_voc gave it for this folder
/// @throws Error(io); Error(format) as FlawLog::left_out
void set_voc_splits(LabelledSet& set, const std::filesystem::path& annotations, FlawLog& flaws);

/// All .xml files below `annotations`, sorted by name ("._a.xml", which macOS writes, is none);
/// classes sorted by name. An image is named as `filename` says, or as its XML if that is missing,
/// beside the XML's own folder within `annotations`. A file that is not VOC or gives a size of 0 is
/// left out; so is an object without name or box, with a number that is none or with xmin > xmax,
/// and an image of which no object can be read.
/// @throws Error(not_found) no such folder, or no XML file in it; Error(format) as
/// FlawLog::left_out
[[nodiscard]] LabelledSet read_voc(const std::filesystem::path& annotations, FlawLog& flaws);

}  // namespace faceshot::data
