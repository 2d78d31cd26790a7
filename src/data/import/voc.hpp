// Pascal VOC: an XML file an image, with `object`s that have a `name` and a `bndbox`.
//
// VOC counts pixels from 1 and includes the last one: xmin 1, xmax 10 are ten pixels. In our
// continuous coordinates that box is [0, 10]. (Tools that write VOC often count from 0; the pixel
// that this shifts such boxes by is within how precisely people draw them.) `difficult` becomes
// `ignore`; `occluded` becomes a partial occlusion.
#pragma once

#include <filesystem>

#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

/// Where a VOC folder keeps its parts: Annotations/ and JPEGImages/, or annotations/ and images/.
struct VocFolders {
  std::filesystem::path annotations, images;
};

/// @throws Error(not_found) if there is no such pair of folders below `root`
[[nodiscard]] VocFolders find_voc_folders(const std::filesystem::path& root);

/// All .xml files below `annotations`, sorted by name; classes sorted by name. An image is named as
/// `filename` says, beside the XML's own folder within `annotations`.
/// @throws Error(not_found) no such folder, or no XML file in it; Error(format) "FILE: what" for
///         what is not VOC: no filename, an object without name or box, a number that is none
[[nodiscard]] LabelledSet read_voc(const std::filesystem::path& annotations);

}  // namespace faceshot::data
