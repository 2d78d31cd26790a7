#include <algorithm>
#include <array>

#include "engine/kernels/convolution_step.hpp"
#include "engine/kernels/step_parts.hpp"
#include "engine/window.hpp"

namespace faceshot::engine {
namespace {

constexpr std::int64_t planes = 3;

class FirstConvolutionStep final : public ConvolutionStep {
 public:
  FirstConvolutionStep(const Node& node, const Shape& in, const Shape& out,
                       const StepOptions& options)
      : level_(options.level),
        kernels_(row_kernels(level_)),
        outputs_(out[1]),
        weights_(pack_panels(node.weight->floats, outputs_, planes * 9, kernels_.lanes)),
        bias_(pack_bias(node.bias, outputs_, kernels_.lanes)),
        activation_(*row_activation(node.unary)),
        height_(in[2]),
        width_(in[3]),
        out_height_(out[2]),
        out_width_(out[3]),
        outside_(allocate_floats(static_cast<std::size_t>(width_) * sizeof(float))) {
    const FittedWindow fit = fit_window(node.window, in);
    top_ = fit.padding[0];
    left_ = fit.padding[1];
  }

  void run(const Buffers& buffers, int part, int parts) const override {
    const Range rows = part_of(out_height_, 1, part, parts);
    // Outputs [begin, end) see no column outside the image.
    const std::int64_t begin = std::min((left_ + 1) / 2, out_width_);
    const std::int64_t end = std::clamp((width_ + left_ - 1) / 2, begin, out_width_);
    FirstRun run;
    run.weights = weights_.get();
    run.bias = bias_.get();
    run.outputs = run.out_stride = outputs_;
    run.activation = activation_;
    for (std::int64_t y = rows.begin; y < rows.end; ++y) {
      std::array<const float*, 9> image{};
      for (std::int64_t r = 0; r < 9; ++r) {
        const std::int64_t row = y * 2 - top_ + r % 3;
        image[static_cast<std::size_t>(r)] = row >= 0 && row < height_
                                                 ? buffers.in + (r / 3 * height_ + row) * width_
                                                 : outside_.get();
      }
      float* const line = buffers.out + y * out_width_ * outputs_;
      for (std::int64_t x = 0; x < begin; ++x) edge(image, x, run, line, buffers.scratch);
      for (std::size_t r = 0; r < 9; ++r) run.rows[r] = image[r] + begin * 2 - left_;
      run.pixels = end - begin;
      run.out = line + begin * outputs_;
      kernels_.first(run);
      for (std::int64_t x = end; x < out_width_; ++x) edge(image, x, run, line, buffers.scratch);
    }
  }

  [[nodiscard]] std::size_t scratch_floats() const override { return 9 * 3; }
  [[nodiscard]] std::size_t weight_bytes() const override {
    return static_cast<std::size_t>(planes * 9 * outputs_) * sizeof(float);
  }
  [[nodiscard]] std::string kernel() const override {
    return kernel_text("first rows", level_, false);
  }

 private:
  /// One pixel at the image's edge.
  void edge(const std::array<const float*, 9>& image, std::int64_t x, FirstRun run, float* line,
            float* scratch) const {
    for (std::size_t r = 0; r < 9; ++r) {
      for (std::int64_t k = 0; k < 3; ++k) {
        const std::int64_t column = x * 2 - left_ + k;
        scratch[r * 3 + static_cast<std::size_t>(k)] =
            column >= 0 && column < width_ ? image[r][column] : 0.0F;
      }
      run.rows[r] = scratch + r * 3;
    }
    run.pixels = 1;
    run.out = line + x * outputs_;
    kernels_.first(run);
  }

  Isa level_;
  const RowKernels& kernels_;
  std::int64_t outputs_;
  AlignedFloats weights_, bias_;
  RowActivation activation_;
  std::int64_t height_, width_, out_height_, out_width_, top_ = 0, left_ = 0;
  AlignedFloats outside_;  ///< a row of zeros
};

}  // namespace

bool is_first_convolution(const Node& node) {
  const std::array<std::int64_t, 2> ones{1, 1}, twos{2, 2}, threes{3, 3};
  return node.op == Op::conv && node.group == 1 && node.weight->shape[1] == planes &&
         node.window.kernel == threes && node.window.stride == twos &&
         node.window.dilation == ones && !node.adds_input &&
         *std::min_element(node.window.padding.begin(), node.window.padding.end()) >= 0 &&
         row_activation(node.unary);
}

ConvolutionStepPtr first_convolution_step(const Node& node, const Shape& in, const Shape& out,
                                          const StepOptions& options) {
  return std::make_unique<FirstConvolutionStep>(node, in, out, options);
}

}  // namespace faceshot::engine
