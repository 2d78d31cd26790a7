// The trainable network: any NetworkSpec as a LibTorch module.
// Includes Torch: keep it out of other headers.
#pragma once

#include <torch/types.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "network/network_spec.hpp"
#include "training_ops/fused_batch_norm.hpp"
#include "weights/weights.hpp"

namespace faceshot::model {

/// The result of a forward pass: raw outputs of all priors, float32.
struct NetworkOutput {
  torch::Tensor loc;        ///< [N, P, 4] coded offsets
  torch::Tensor conf;       ///< [N, P, classes + 1] logits, background first
  torch::Tensor landmarks;  ///< [N, P, 10] coded offsets; undefined if the network has none
};

/// Runs the layers of a spec in order. Parameters and buffers have the spec's names
/// ("backbone.stem.conv.weight"). Not thread safe.
class TorchNetwork {
 public:
  /// Weights are drawn from `seed`: He-normal for convolutions, BatchNorm 1 and 0, and a bias of
  /// the confidence layers that makes every prior start as background with probability 0.99.
  TorchNetwork(network::NetworkSpec spec, std::uint64_t seed);
  ~TorchNetwork();
  TorchNetwork(TorchNetwork&&) noexcept;
  TorchNetwork& operator=(TorchNetwork&&) noexcept;

  /// @param input [N, C, H, W], normalised; H and W multiples of spec.size_divisor
  [[nodiscard]] NetworkOutput forward(const torch::Tensor& input) const;

  /// The outputs of these layers ("input": the image itself), with all maps in memory at once; for
  /// inspecting a network. @throws Error(not_found) unknown layer
  [[nodiscard]] std::vector<torch::Tensor> layer_outputs(
      const torch::Tensor& input, const std::vector<std::string>& layers) const;

  void train(bool on) { training_ = on; }

  /// Freezes exactly these layers; an empty set freezes none. The parameters of frozen layers get
  /// no gradients.
  /// @param batch_norm_too  frozen BatchNorm layers also use and keep their running statistics in
  ///   training; otherwise these continue to adapt
  void freeze(const std::set<std::string>& layers, bool batch_norm_too);

  /// For training in several processes, each with its part of the batch: BatchNorm computes its
  /// statistics over all of them (fused_batch_norm.hpp). Empty: this process is alone.
  void sum_over_processes(training_ops::SumOverProcesses sum) {
    sum_over_processes_ = std::move(sum);
  }

  using Named = std::vector<std::pair<std::string, torch::Tensor>>;
  [[nodiscard]] const Named& parameters() const {
    return parameters_;
  }  ///< learned, in layer order
  [[nodiscard]] const Named& buffers() const {
    return buffers_;
  }  ///< BatchNorm's running statistics

  /// All parameters and buffers as plain arrays, for export.
  [[nodiscard]] weights::Weights weights() const;

  /// Copies values in by name. @throws Error(format) for a missing name or another shape
  void load(const weights::Weights& weights);

  [[nodiscard]] const network::NetworkSpec& spec() const { return spec_; }

 private:
  struct Step;  ///< a layer with its tensors and the slots of its inputs resolved

  /// Fills the slots after the image in slot 0. With `keep_all` none is released or overwritten.
  void compute(std::vector<torch::Tensor>& slots, bool keep_all) const;

  void find_chains();
  void find_predictors();
  void count_readers();

  /// The last layers of a head: offsets, logits, and landmarks if there are any.
  [[nodiscard]] std::vector<std::size_t> head_slots(std::size_t head) const;
  /// Whether the step is skipped because forward() computes a head's last layers together.
  [[nodiscard]] bool predicts(const Step& step, const torch::Tensor& in) const;

  /// The output of the last step of a chain. @param first  the first step of the chain
  [[nodiscard]] torch::Tensor compute_chain(const std::vector<torch::Tensor>& slots,
                                            const Step& first) const;
  /// The output of a step outside of chains.
  [[nodiscard]] torch::Tensor compute_layer(const std::vector<torch::Tensor>& slots,
                                            const Step& step, bool keep_all) const;
  /// Whether the step is computed together with others, when the last one is reached.
  [[nodiscard]] bool in_chain(const Step& step, bool keep_all) const;

  network::NetworkSpec spec_;
  Named parameters_;
  Named buffers_;
  std::vector<Step> steps_;
  std::vector<std::pair<std::size_t, std::size_t>> head_slots_;  ///< loc, conf of each head
  std::vector<std::size_t> landmark_slots_;  ///< landmarks of each head; empty: none
  training_ops::SumOverProcesses sum_over_processes_;
  bool training_ = true;
};

}  // namespace faceshot::model
