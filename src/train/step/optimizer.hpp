// SGD, Adam and AdamW over a network's parameters, with state that can be saved by parameter name.
// Includes Torch: keep it out of other headers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/torch_network.hpp"
#include "train/config/config.hpp"

namespace faceshot::train {

/// The optimiser's state. Parameters that have always been frozen have none.
struct OptimizerState {
  weights::Weights arrays;  ///< Adam: "exp_avg/NAME" and "exp_avg_sq/NAME"; SGD: "momentum/NAME"
  std::map<std::string, std::int64_t> steps;  ///< number of updates of each updated parameter, with
                                              ///< which Adam corrects its averages; SGD: 1
};

class Optimizer {
 public:
  /// Weight decay applies to convolution weights only (He et al., "Bag of Tricks", 2019, 3.1).
  /// Parameters without a gradient are skipped: no decay, no update, no state.
  Optimizer(const model::TorchNetwork& network, const TrainOptions& options);

  /// Removes all gradients.
  void zero_grad();
  /// One update at this learning rate, times options.rates of each parameter's part.
  void step(double learning_rate);

  [[nodiscard]] OptimizerState state() const;
  /// @throws Error(format) if an array of an updated parameter is missing
  void load(const OptimizerState& state);

 private:
  struct Parameter {
    std::string name;
    torch::Tensor weight;
    double rate_factor;
    double weight_decay;
    std::vector<torch::Tensor> averages{};  ///< as the names in average_names_; none before step 1
    std::int64_t steps = 0;                 ///< number of updates
  };

  void update(Parameter& parameter, double rate) const;

  TrainOptions options_;
  std::vector<std::string> average_names_;  ///< kinds of averages of each parameter's gradients
  std::vector<Parameter> parameters_;
};

}  // namespace faceshot::train
