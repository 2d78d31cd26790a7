// Exponential moving average of weights: less noisy than the last step's, and better by about one
// point of AP. Includes Torch: keep it out of other headers.
#pragma once

#include <cstdint>

#include "model/torch_network.hpp"

namespace faceshot::train {

class Ema {
 public:
  /// Starts as a copy of `network`. @param decay in [0, 1)
  Ema(const model::TorchNetwork& network, float decay);

  /// After step `step` (from 0). The decay is warmed up, min(decay, (1 + step) / (10 + step)), like
  /// TensorFlow's, so that the random start is forgotten quickly.
  void update(const model::TorchNetwork& network, std::int64_t step);

  [[nodiscard]] model::TorchNetwork& network() { return average_; }

 private:
  model::TorchNetwork average_;
  double decay_;
};

}  // namespace faceshot::train
