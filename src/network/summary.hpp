// The layers of a network, in figures.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "network/network_spec.hpp"

namespace faceshot::network {

struct LayerSummary {
  std::string name;
  std::string operation;            ///< "conv 3x3 /2", "depthwise 3x3", "max pool 2x2 /2", "relu"
  std::vector<std::string> inputs;  ///< names of other layers, "input" for the image
  FeatureSize size;                 ///< of the output
  int channels = 0;
  std::int64_t parameters = 0;
  std::int64_t multiply_accumulates = 0;
  int receptive_field = 1;  ///< side of the part of the input that one output sees, in pixels
  double stride = 1;        ///< input pixels from one cell to the next
};

struct LevelSummary {
  std::string feature;  ///< layer
  FeatureSize size;
  std::size_t priors_per_cell = 0;
  std::int64_t priors = 0;
  float smallest = 0, largest = 0;  ///< sides (square roots of areas) of its priors, pixels
  int receptive_field = 1;          ///< of its predictors, including the head's own layers
};

/// The operation in a few words: LayerSummary::operation.
[[nodiscard]] std::string operation_of(const Layer& layer);

/// All layers in computing order, for an input of this size.
[[nodiscard]] std::vector<LayerSummary> summarise_layers(const NetworkSpec& spec, int input_width,
                                                         int input_height);

/// The levels of its heads. @throws as make_priors(), for an input that is too small
[[nodiscard]] std::vector<LevelSummary> summarise_levels(const NetworkSpec& spec, int input_width,
                                                         int input_height);

}  // namespace faceshot::network
