// 3x3 convolutions of an image, cut into pieces (convolution_kind.hpp). Includes Torch: keep it out
// of other headers.
#pragma once

#include <torch/types.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "training_ops/convolution_kind.hpp"
#include "training_ops/first_convolution_kernels.hpp"

namespace faceshot::training_ops {

/// 3x3 on three channels, padding 1. A piece is an image.
class FirstKind {
 public:
  static constexpr bool has_input_gradient = false;
  static constexpr bool takes_float = true;

  /// @param x channels_last @param weight [C, 3, 3, 3]
  FirstKind(const torch::Tensor& x, const torch::Tensor& weight, std::int64_t stride)
      : x_(x),
        taps_(weights_by_tap(weight)),
        shape_{static_cast<std::size_t>(x.size(2)), static_cast<std::size_t>(x.size(3)),
               static_cast<std::size_t>(weight.size(0)), static_cast<std::size_t>(stride)} {}

  [[nodiscard]] torch::Tensor output() const {
    return empty_map(x_, static_cast<std::int64_t>(shape_.channels), shape_.out_height(),
                     shape_.out_width());
  }
  [[nodiscard]] std::size_t forward_piece() const {
    return shape_.out_height() * shape_.out_width() * shape_.channels;
  }
  [[nodiscard]] std::size_t backward_piece() const { return forward_piece(); }
  [[nodiscard]] std::size_t input_at(std::size_t first) const {
    return first / forward_piece() * shape_.height * shape_.width * 3;
  }
  [[nodiscard]] std::size_t sum_count() const { return first_conv::taps * shape_.channels; }

  template <typename Element>
  void forward(std::size_t first, std::size_t, Element* y) const {
    const Scratch<float> rows(shape_.scratch());
    first_conv::forward<Element>(data_of<Element>(x_) + input_at(first), taps_.data(), y, shape_,
                                 rows.get());
  }
  template <typename Element, typename Gradient>
  void backward(std::size_t first, std::size_t count, const Gradient& dy, Element*,
                float* sums) const {
    const Scratch<Element> room(count);
    const Scratch<float> rows(shape_.scratch());
    first_conv::weight_gradient<Element>(data_of<Element>(x_) + input_at(first),
                                         dy(first, count, room.get()), sums, shape_, rows.get());
  }
  [[nodiscard]] std::vector<torch::Tensor> weight_gradients(const torch::Tensor& sums) const {
    return {sums.view({3, 3, 3, -1}).permute({3, 2, 0, 1})};
  }

 private:
  torch::Tensor x_;
  std::vector<float> taps_;
  first_conv::Shape shape_;
};

}  // namespace faceshot::training_ops
