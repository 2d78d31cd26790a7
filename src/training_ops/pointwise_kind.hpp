// 1x1 convolutions, cut into pieces (convolution_kind.hpp). Includes Torch: keep it out of other
// headers.
#pragma once

#include <torch/types.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "training_ops/convolution_kind.hpp"
#include "training_ops/matrix_kernels.hpp"

namespace faceshot::training_ops {

/// 1x1, stride 1, of bfloat16 maps: a matrix product, pixels by channels.
class PointwiseKind {
 public:
  static constexpr bool has_input_gradient = true;
  static constexpr bool takes_float = false;

  /// @param x channels_last @param weight [O, I, 1, 1] @param pass  in which it is used
  PointwiseKind(const torch::Tensor& x, const torch::Tensor& weight, Pass pass)
      : x_(x),
        in_(static_cast<std::size_t>(weight.size(1))),
        out_(static_cast<std::size_t>(weight.size(0))),
        pairs_(in_ * out_ / 2) {
    const torch::Tensor in_order = weight.detach().contiguous();
    if (pass == Pass::forward)
      matrix::interleave_transposed(in_order.data_ptr<float>(), in_, out_, pairs_.data());
    else
      matrix::interleave(in_order.data_ptr<float>(), out_, in_, pairs_.data());
  }

  [[nodiscard]] std::size_t out_channels() const { return out_; }
  [[nodiscard]] torch::Tensor output() const {
    return empty_map(x_, static_cast<std::int64_t>(out_), static_cast<std::size_t>(x_.size(2)),
                     static_cast<std::size_t>(x_.size(3)));
  }
  /// Small enough to stay in the second-level cache with its input.
  [[nodiscard]] std::size_t forward_piece() const {
    return std::max<std::size_t>(1, 32768 / (out_ * tile)) * tile * out_;
  }
  /// So large that few sums have to be added.
  [[nodiscard]] std::size_t backward_piece() const {
    constexpr std::size_t pieces = 32;
    const auto pixels = static_cast<std::size_t>(x_.numel()) / in_;
    return (pixels / pieces / tile + 1) * tile * out_;
  }
  [[nodiscard]] std::size_t input_at(std::size_t first) const { return first / out_ * in_; }
  [[nodiscard]] std::size_t sum_count() const { return out_ * in_; }

  void forward(std::size_t first, std::size_t count, BFloat16* y) const {
    matrix::multiply(data_of<BFloat16>(x_) + input_at(first), pairs_.data(), count / out_, in_,
                     out_, y);
  }
  template <typename Gradient>
  void backward(std::size_t first, std::size_t count, const Gradient& dy, BFloat16* dx,
                float* sums) const {
    const BFloat16* const x = data_of<BFloat16>(x_) + input_at(first);
    const Scratch<BFloat16> room(tile * out_);
    const Scratch<matrix::Pair> dy_pairs(tile / 2 * out_);
    const Scratch<matrix::Pair> x_pairs(tile / 2 * in_);
    for (std::size_t done = 0; done < count; done += tile * out_) {
      const std::size_t pixels = std::min(tile, (count - done) / out_);
      const std::size_t at = done / out_ * in_;
      const BFloat16* const gradient = dy(first + done, pixels * out_, room.get());
      matrix::multiply(gradient, pairs_.data(), pixels, out_, in_, dx + at);
      matrix::interleave(gradient, pixels, out_, dy_pairs.get());
      matrix::interleave(x + at, pixels, in_, x_pairs.get());
      matrix::add_transposed_product(dy_pairs.get(), x_pairs.get(), (pixels + 1) / 2, out_, in_,
                                     sums);
    }
  }
  [[nodiscard]] std::vector<torch::Tensor> weight_gradients(const torch::Tensor& sums) const {
    return {sums.view({static_cast<std::int64_t>(out_), static_cast<std::int64_t>(in_), 1, 1})};
  }

 private:
  /// Pixels that stay in the first-level cache with their gradients. A multiple of all block
  /// heights of matrix::multiply().
  static constexpr std::size_t tile = 96;

  torch::Tensor x_;
  std::size_t in_, out_;
  std::vector<matrix::Pair> pairs_;  ///< weights, [I / 2, O] forward and [O / 2, I] backward
};

}  // namespace faceshot::training_ops
