// Depthwise 3x3 convolutions, cut into pieces (convolution_kind.hpp). Includes Torch: keep it out
// of other headers.
#pragma once

#include <torch/types.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "training_ops/convolution_kind.hpp"
#include "training_ops/depthwise_kernels.hpp"

namespace faceshot::training_ops {

/// Depthwise 3x3, padding 1. A piece is an image.
class DepthwiseKind {
 public:
  static constexpr bool has_input_gradient = true;
  static constexpr bool takes_float = true;

  /// @param x channels_last @param weight [C, 1, 3, 3]
  DepthwiseKind(const torch::Tensor& x, const torch::Tensor& weight, std::int64_t stride)
      : x_(x),
        taps_(weights_by_tap(weight)),
        zeros_(static_cast<std::size_t>(x.size(3) * x.size(1))),
        shape_{static_cast<std::size_t>(x.size(2)), static_cast<std::size_t>(x.size(3)),
               static_cast<std::size_t>(x.size(1)), static_cast<std::size_t>(stride)} {}

  [[nodiscard]] torch::Tensor output() const {
    return empty_map(x_, x_.size(1), shape_.out_height(), shape_.out_width());
  }
  [[nodiscard]] std::size_t forward_piece() const {
    return shape_.out_height() * shape_.out_width() * shape_.channels;
  }
  [[nodiscard]] std::size_t backward_piece() const { return forward_piece(); }
  [[nodiscard]] std::size_t input_at(std::size_t first) const {
    return first / forward_piece() * shape_.height * shape_.width * shape_.channels;
  }
  [[nodiscard]] std::size_t sum_count() const { return 9 * shape_.channels; }

  template <typename Element>
  void forward(std::size_t first, std::size_t, Element* y) const {
    depthwise::forward<Element>(data_of<Element>(x_) + input_at(first), taps_.data(), y, shape_,
                                zeros<Element>());
  }
  /// @param added added to the input's gradient, as dx; null for none
  template <typename Element, typename Gradient>
  void backward(std::size_t first, std::size_t count, const Gradient& dy, Element* dx, float* sums,
                const Element* added = nullptr) const {
    const Scratch<Element> room(count);
    depthwise::backward<Element>(data_of<Element>(x_) + input_at(first), taps_.data(),
                                 dy(first, count, room.get()), added, dx, sums, shape_,
                                 zeros<Element>());
  }
  [[nodiscard]] std::vector<torch::Tensor> weight_gradients(const torch::Tensor& sums) const {
    return {sums.view({3, 3, 1, -1}).permute({3, 2, 0, 1})};
  }

 private:
  /// Zeros are zeros in every type, and float is the largest.
  template <typename Element>
  [[nodiscard]] const Element* zeros() const {
    return static_cast<const Element*>(static_cast<const void*>(zeros_.data()));
  }

  torch::Tensor x_;
  std::vector<float> taps_, zeros_;
  depthwise::Shape shape_;
};

}  // namespace faceshot::training_ops
