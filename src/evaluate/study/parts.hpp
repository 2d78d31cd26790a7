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
  std::size_t images = 0;        ///< with a face of the part
  std::size_t faces = 0;         ///< that count in the setting
  std::size_t found = 0;         ///< of those, at the threshold
  std::size_t false_alarms = 0;  ///< at the threshold; for parts of the images only
  std::vector<double> ap;        ///< in each setting of the set; for parts of the faces: in the
                                 ///< given setting

  [[nodiscard]] double recall() const {
    return faces == 0 ? 0 : static_cast<double>(found) / static_cast<double>(faces);
  }
};

/// Faces and found faces add up to those of the whole; for parts of the images, so do images and
/// false positives. (A false positive cannot be attributed to a part of the faces: each part's AP
/// includes all of them, and APs of parts must not be added.)
struct PartTable {
  std::string title;
  bool of_images = false;  ///< parts of the images, otherwise of the faces
  std::vector<PartRow> rows;
};

/// By the first part of the images' names, in order of appearance.
/// @param setting whose faces and false positives are counted @param score the threshold
[[nodiscard]] PartTable by_event(const JudgedSet& set, std::size_t setting, double score);

/// By the height of the labelled box: below 16 px, 16 to 32, 32 to 64, 64 to 128, 128 and more.
[[nodiscard]] PartTable by_size(const JudgedSet& set, std::size_t setting, double score);

/// By blur, occlusion, pose, illumination and expression: one table each, for attributes that the
/// labels contain. Faces without a value have a row of their own.
[[nodiscard]] std::vector<PartTable> by_attribute(const JudgedSet& set, std::size_t setting,
                                                  double score);

}  // namespace faceshot::evaluate
