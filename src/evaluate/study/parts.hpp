// A detector's figures on parts of a set: by event, by size of the faces, and by WIDER FACE's
// attributes. Pure, thread safe.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "evaluate/study/judged_set.hpp"

namespace faceshot::evaluate {

struct PartRow {
  std::string name;
  std::size_t images = 0;        ///< that have a face of the part
  std::size_t faces = 0;         ///< that count in the setting
  std::size_t found = 0;         ///< of them, from the score on
  std::size_t false_alarms = 0;  ///< from the score on; of a part of the images alone
  std::vector<double> ap;        ///< in each setting of the set; of faces: in the one setting

  [[nodiscard]] double recall() const {
    return faces == 0 ? 0 : static_cast<double>(found) / static_cast<double>(faces);
  }
};

/// Faces and faces found add up to those of the whole; so do, where images are parted, images and
/// false positives. (Which part of the faces a false positive belongs to nobody can say: each
/// part's AP bears all of them, and APs of parts are not to be added.)
struct PartTable {
  std::string title;
  bool of_images = false;  ///< parts of the images, or else of the faces
  std::vector<PartRow> rows;
};

/// By the first part of the images' names, in the order in which events come.
/// @param setting whose faces and false positives are counted @param score from which on
[[nodiscard]] PartTable by_event(const JudgedSet& set, std::size_t setting, double score);

/// By the height of the labelled box: below 16 px, 16 to 32, 32 to 64, 64 to 128, 128 and more.
[[nodiscard]] PartTable by_size(const JudgedSet& set, std::size_t setting, double score);

/// By blur, occlusion, pose, illumination and expression: a table each, of those that the labels
/// say anything of. Faces of which they say nothing are a row of their own.
[[nodiscard]] std::vector<PartTable> by_attribute(const JudgedSet& set, std::size_t setting,
                                                  double score);

}  // namespace faceshot::evaluate
