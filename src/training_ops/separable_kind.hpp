// Depthwise separable convolutions, cut into pieces (convolution_kind.hpp). Includes Torch: keep it
// out of other headers.
#pragma once

#include <torch/types.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "training_ops/depthwise_kind.hpp"
#include "training_ops/pointwise_kind.hpp"

namespace faceshot::training_ops {

/// Depthwise 3x3, padding 1, directly followed by 1x1 (Howard et al. 2017 have BatchNorm and ReLU
/// between them), of bfloat16 maps. A piece is an image, whose intermediate map and its gradient
/// stay in the second-level cache.
class SeparableKind {
 public:
  static constexpr bool has_input_gradient = true;
  static constexpr bool takes_float = false;

  /// @param x channels_last @param depthwise [I, 1, 3, 3] @param pointwise [O, I, 1, 1]
  /// @param between the result of between() in the forward pass; undefined there
  SeparableKind(const torch::Tensor& x, const torch::Tensor& depthwise,
                const torch::Tensor& pointwise, std::int64_t stride, const torch::Tensor& between)
      : depthwise_(x, depthwise, stride),
        between_(between.defined() ? between : depthwise_.output()),
        pointwise_(between_, pointwise, between.defined() ? Pass::backward : Pass::forward) {}

  [[nodiscard]] torch::Tensor output() const { return pointwise_.output(); }
  [[nodiscard]] const torch::Tensor& between() const { return between_; }
  [[nodiscard]] std::size_t forward_piece() const {
    return static_cast<std::size_t>(between_.size(2) * between_.size(3)) *
           pointwise_.out_channels();
  }
  [[nodiscard]] std::size_t backward_piece() const { return forward_piece(); }
  [[nodiscard]] std::size_t sum_count() const {
    return pointwise_.sum_count() + depthwise_.sum_count();
  }

  [[nodiscard]] std::size_t input_at(std::size_t first) const {
    return depthwise_.input_at(pointwise_.input_at(first));
  }

  void forward(std::size_t first, std::size_t count, BFloat16* y) const {
    const std::size_t at = pointwise_.input_at(first);
    depthwise_.forward(at, depthwise_.forward_piece(), data_of<BFloat16>(between_) + at);
    pointwise_.forward(first, count, y);
  }
  /// @param added added to the input's gradient, as dx; null for none
  template <typename Gradient>
  void backward(std::size_t first, std::size_t count, const Gradient& dy, BFloat16* dx, float* sums,
                const BFloat16* added) const {
    const std::size_t image = depthwise_.forward_piece();
    const Scratch<BFloat16> gradient(image);
    pointwise_.backward(first, count, dy, gradient.get(), sums);
    depthwise_.backward(
        pointwise_.input_at(first), image,
        [&](std::size_t, std::size_t, BFloat16*) { return gradient.get(); }, dx,
        sums + pointwise_.sum_count(), added);
  }
  /// Of the depthwise convolution, and of the 1x1 convolution.
  [[nodiscard]] std::vector<torch::Tensor> weight_gradients(const torch::Tensor& sums) const {
    const auto split = static_cast<std::int64_t>(pointwise_.sum_count());
    return {depthwise_.weight_gradients(sums.slice(0, split)).front(),
            pointwise_.weight_gradients(sums.slice(0, 0, split)).front()};
  }

 private:
  DepthwiseKind depthwise_;
  torch::Tensor between_;
  PointwiseKind pointwise_;
};

}  // namespace faceshot::training_ops
