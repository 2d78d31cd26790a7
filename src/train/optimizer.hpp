// Adam and AdamW over a network's parameters, with state that can be saved by parameter name.
// Includes Torch: keep it out of other headers.
#pragma once

#include <memory>

#include "model/torch_network.hpp"
#include "train/config.hpp"

namespace faceshot {

class Optimizer {
 public:
  /// Weight decay applies to convolution weights only (He et al., "Bag of Tricks", 2019, 3.1).
  Optimizer(const TorchNetwork& network, const TrainOptions& options);

  void zero_grad();
  /// One update at this learning rate.
  void step(double learning_rate);

  /// "exp_avg/NAME" and "exp_avg_sq/NAME" for every parameter; empty before the first step.
  [[nodiscard]] Weights state() const;
  /// @param steps how many steps the state has behind it. @throws Error(format) if a name is
  /// missing
  void load(const Weights& state, std::int64_t steps);

 private:
  TorchNetwork::Named parameters_;
  std::unique_ptr<torch::optim::Optimizer> optimizer_;
  bool decoupled_;  ///< AdamW
};

}  // namespace faceshot
