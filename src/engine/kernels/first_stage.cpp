#include <array>

#include "engine/kernels/stage_parts.hpp"

namespace faceshot::engine {
namespace {

constexpr std::int64_t planes = 3;

class FirstStage final : public RowStage {
 public:
  FirstStage(const Node& node, const Shape& in, const Shape& out, const RowOptions& options)
      : RowStage(walk_of(node, in, out)),
        kernels_(row_kernels(options.level)),
        outputs_(out[1]),
        weights_(pack_panels(node.weight->floats, outputs_, planes * 9, kernels_.lanes)),
        bias_(pack_bias(node.bias, outputs_, kernels_.lanes)),
        activation_(*row_activation(node.unary)),
        width_(in[3]),
        out_width_(out[3]),
        left_(fit_window(node.window, in).padding[1]),
        outside_(zero_row(width_)) {}

  void run(const Buffers& buffers, RowRange rows) const override {
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
        const std::int64_t row = y * 2 - walk_.top + r % 3;
        image[static_cast<std::size_t>(r)] =
            row >= 0 && row < walk_.in_height
                ? buffers.in.base + (r / 3 * walk_.in_height + row) * width_
                : outside_.get();
      }
      float* const line = buffers.out.row(y);
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

  const RowKernels& kernels_;
  std::int64_t outputs_;
  AlignedFloats weights_, bias_;
  RowActivation activation_;
  std::int64_t width_, out_width_, left_;
  AlignedFloats outside_;
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

RowStagePtr first_stage(const Node& node, const Shape& in, const Shape& out,
                        const RowOptions& options) {
  return std::make_unique<FirstStage>(node, in, out, options);
}

}  // namespace faceshot::engine
