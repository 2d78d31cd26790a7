#include "engine/ops/fit_window.hpp"

#include <algorithm>

namespace faceshot::engine {

FittedWindow fit_window(const Window& window, const Shape& input) {
  FittedWindow fit;
  for (std::size_t d = 0; d < 2; ++d) {
    const std::int64_t size = input[2 + d], stride = window.stride[d];
    fit.kernel[d] = window.whole_input ? size : window.kernel[d];
    const std::int64_t reach = window.dilation[d] * (fit.kernel[d] - 1) + 1;
    std::int64_t& before = fit.padding[d];
    std::int64_t& after = fit.padding[2 + d];
    if (window.automatic != AutoPadding::none) {
      const std::int64_t out = (size + stride - 1) / stride;
      const std::int64_t total = std::max<std::int64_t>(0, (out - 1) * stride + reach - size);
      before = window.automatic == AutoPadding::same_lower ? total - total / 2 : total / 2;
      after = total - before;
    } else {
      before = window.padding[d];
      after = window.padding[2 + d];
    }
    const std::int64_t room = size + before + after - reach;
    if (room < 0) continue;  // output stays 0
    fit.output[d] = room / stride + 1;
    if (window.rounds_up && room % stride != 0 && fit.output[d] * stride < size + before) {
      ++fit.output[d];
      after = (fit.output[d] - 1) * stride + reach - size - before;
    }
  }
  return fit;
}

FittedWindow fit_transposed_window(const Window& window, const Shape& input) {
  FittedWindow fit;
  fit.kernel = window.kernel;
  for (std::size_t d = 0; d < 2; ++d) {
    const std::int64_t reach = window.dilation[d] * (window.kernel[d] - 1) + 1;
    const std::int64_t full =
        window.stride[d] * (input[2 + d] - 1) + window.output_padding[d] + reach;
    std::int64_t before = window.padding[d];
    std::int64_t out = full - before - window.padding[2 + d];
    if (window.output_size[d] > 0 || window.automatic != AutoPadding::none) {
      out = window.output_size[d] > 0 ? window.output_size[d] : input[2 + d] * window.stride[d];
      const std::int64_t total = std::max<std::int64_t>(0, full - out);
      before = window.automatic == AutoPadding::same_upper ? total / 2 : total - total / 2;
      // ONNX does not allow sizes more than one step beyond the reach of the windows.
      if (out - full >= std::max(window.stride[d], window.dilation[d])) continue;
    }
    fit.output[d] = out;
    fit.padding[d] = before;
    fit.padding[2 + d] = full - window.output_padding[d] - before - out;
  }
  return fit;
}

}  // namespace faceshot::engine
