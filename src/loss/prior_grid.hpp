// The priors of one input size, level by level, for matching.
#pragma once

#include <cstddef>
#include <vector>

#include "faceshot/prior.hpp"

namespace faceshot::loss {

struct PriorGrid {
  std::vector<Prior> priors;             ///< in the order of the network's rows
  std::vector<std::size_t> level_begin;  ///< index of each level's first prior, increasing, from 0
  std::vector<float> level_step;         ///< distance between the cells of each level, pixels
};

/// @param features sizes of the levels' maps. @throws as make_priors()
[[nodiscard]] PriorGrid make_prior_grid(const PriorSpec& spec, int input_width, int input_height,
                                        const std::vector<FeatureSize>& features);

}  // namespace faceshot::loss
