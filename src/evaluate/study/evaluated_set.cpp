#include "evaluate/study/evaluated_set.hpp"

namespace faceshot::evaluate {

std::vector<LabelledDetections> views(const EvaluatedSet& set, const FaceSetting& setting) {
  std::vector<LabelledDetections> images;
  for (std::size_t i = 0; i < set.names.size(); ++i)
    images.push_back({set.faces[i], setting.counts[i], set.boxes[i], set.excused[i]});
  return images;
}

}  // namespace faceshot::evaluate
