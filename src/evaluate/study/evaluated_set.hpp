// Detections and labels, in the form used by all analyses beyond a single figure.
#pragma once

#include <string>
#include <vector>

#include "evaluate/false_positives.hpp"
#include "evaluate/wider_ground_truth.hpp"
#include "evaluate/wider_matching.hpp"

namespace faceshot::evaluate {

/// Which faces count: "easy", or "50px".
struct FaceSetting {
  std::string name;
  std::vector<std::vector<char>> counts;  ///< per image and face
};

/// All lists are indexed by image.
struct EvaluatedSet {
  std::vector<std::string> names;  ///< "<event>/<image>"
  std::vector<std::vector<geometry::Xywh>> faces;
  std::vector<std::vector<FaceAttributes>> attributes;  ///< of the faces; empty lists: unknown
  std::vector<std::vector<ScoredBox>> boxes;
  std::vector<std::vector<char>> excused;  ///< as LabelledDetections::excused
  std::vector<FaceSetting> settings;
};

/// The set in the form for judge(). @param setting of `set`; both must outlive the views
[[nodiscard]] std::vector<LabelledDetections> views(const EvaluatedSet& set,
                                                    const FaceSetting& setting);

}  // namespace faceshot::evaluate
