#include "loss/prior_grid.hpp"

namespace faceshot::loss {

PriorGrid make_prior_grid(const PriorSpec& spec, int input_width, int input_height,
                          const std::vector<FeatureSize>& features) {
  PriorGrid grid;
  grid.priors = make_priors(spec, input_width, input_height, features);
  std::size_t begin = 0;
  for (std::size_t l = 0; l < features.size(); ++l) {
    const PriorLevel& level = spec.levels[l];
    grid.level_begin.push_back(begin);
    grid.level_step.push_back(level.step > 0 ? level.step
                                             : static_cast<float>(input_width) /
                                                   static_cast<float>(features[l].width));
    begin += level.priors_per_cell() * static_cast<std::size_t>(features[l].width) *
             static_cast<std::size_t>(features[l].height);
  }
  return grid;
}

}  // namespace faceshot::loss
