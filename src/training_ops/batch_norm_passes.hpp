// Building blocks of the autograd functions that include a BatchNorm: statistics, and passes over
// pieces of maps. Includes Torch: keep it out of other headers.
#pragma once

#include <torch/types.h>

#include <vector>

#include "training_ops/batch_norm_kernels.hpp"
#include "training_ops/fused_batch_norm.hpp"
#include "training_ops/map_pieces.hpp"
#include "training_ops/tensor_element.hpp"

namespace faceshot::training_ops {

/// Statistics of a batch from the forward pass, for the backward pass.
struct BatchStatistics : torch::CustomClassHolder {
  std::vector<float> scale, shift, mean;  ///< one period each
  std::vector<double> inverse_deviation;  ///< one per channel
  double count = 0;                       ///< values per channel, in all processes
  batch_norm::Range range{};
  SumOverProcesses sum;

  [[nodiscard]] batch_norm::Affine affine() const {
    return {scale.data(), shift.data(), scale.size()};
  }
};

/// Statistics from sums; updates the layer's running ones.
/// @param sums   from batch_norm::moments() over the whole map, then one number that is
/// overwritten:
///               2 * channels + 1; summed over processes here
/// @param values the map's values per channel
[[nodiscard]] c10::intrusive_ptr<BatchStatistics> take_statistics(
    torch::Tensor& sums, std::int64_t values, const Pieces& pieces, const BatchNormTensors& layer,
    double epsilon, network::Activation activation, const SumOverProcesses& sum);

/// activation(batch_norm(x) [+ residual])
[[nodiscard]] torch::Tensor normalised(const torch::Tensor& x, const torch::Tensor& residual,
                                       const Pieces& pieces, const BatchStatistics& statistics);

/// The backward pass: the constructor does the first pass over memory.
class BatchNormGradient {
 public:
  /// @param dy       gradient of the output, channels_last like all maps
  /// @param x        the input
  /// @param y        the output, if there was a residual
  /// @param residual whether the residual's gradient is needed
  BatchNormGradient(const torch::Tensor& dy, const torch::Tensor& x, const torch::Tensor& y,
                    const torch::Tensor& weight, const Pieces& pieces,
                    const BatchStatistics& statistics, bool residual);

  torch::Tensor weight, bias, residual;

  /// The second pass, piece by piece: the input's gradient. Thread safe.
  /// @param first, count elements, whole pixels
  template <typename Element>
  void input(std::size_t first, std::size_t count, Element* into) const {
    batch_norm::backward_input<Element>(
        data_of<Element>(from_) + first, data_of<Element>(x_) + first,
        at(data_of<Element>(output_), first), into, count, statistics_.affine(),
        {of_g_.data(), of_x_.data(), constant_.data()}, range_);
  }

 private:
  const BatchStatistics& statistics_;
  torch::Tensor from_, x_, output_;
  batch_norm::Range range_;
  std::vector<float> of_g_, of_x_, constant_;
};

}  // namespace faceshot::training_ops
