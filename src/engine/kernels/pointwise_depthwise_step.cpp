#include <algorithm>

#include "engine/kernels/convolution_step.hpp"
#include "engine/kernels/step_parts.hpp"
#include "engine/window.hpp"

namespace faceshot::engine {
namespace {

/// Rows of the pointwise result that are kept: three are read at once.
constexpr std::int64_t kept_rows = 4;

class PointwiseDepthwiseStep final : public ConvolutionStep {
 public:
  PointwiseDepthwiseStep(const Node& pointwise, const Node& depthwise, const Shape& in,
                         const Shape& out, const StepOptions& options)
      : level_(options.level),
        kernels_(row_kernels(level_)),
        pointwise_(pointwise, kernels_, options.bfloat16),
        depthwise_(depthwise),
        height_(in[2]),
        width_(in[3]),
        out_height_(out[2]),
        out_width_(out[3]),
        stride_(depthwise.window.stride[0]) {
    const FittedWindow fit = fit_window(depthwise.window, in);
    top_ = fit.padding[0];
    left_ = fit.padding[1];
    columns_ = std::max(width_ + left_, (out_width_ - 1) * stride_ + 3);
    outside_ = allocate_floats(static_cast<std::size_t>(row_floats()) * sizeof(float));
  }

  void run(const Buffers& buffers, int part, int parts) const override {
    const Range rows = part_of(out_height_, 1, part, parts);
    if (rows.begin == rows.end) return;
    float* const scratch = buffers.scratch;
    // Columns outside the image are zero, in all rows that are kept.
    std::fill_n(scratch, kept_rows * row_floats(), 0.0F);
    DepthwiseRun run = depthwise_.run();
    run.width = columns_;
    run.stride = stride_;
    run.left = 0;
    run.last = out_width_;
    std::int64_t computed = std::max<std::int64_t>(0, rows.begin * stride_ - top_);
    for (std::int64_t y = rows.begin; y < rows.end; ++y) {
      const std::int64_t first = y * stride_ - top_;
      for (; computed < std::min(first + 3, height_); ++computed)
        mix(buffers.in, computed, kept(scratch, computed), scratch + kept_rows * row_floats());
      for (std::int64_t k = 0; k < 3; ++k) {
        const std::int64_t row = first + k;
        run.rows[k] = row >= 0 && row < height_ ? kept(scratch, row) : outside_.get();
      }
      run.out = buffers.out + y * out_width_ * depthwise_.channels;
      kernels_.depthwise(run);
    }
  }

  [[nodiscard]] std::size_t scratch_floats() const override {
    return static_cast<std::size_t>(kept_rows * row_floats() + width_ * pointwise_.inputs);
  }
  [[nodiscard]] std::size_t weight_bytes() const override {
    return pointwise_.weight_bytes +
           static_cast<std::size_t>(9 * depthwise_.channels) * sizeof(float);
  }
  [[nodiscard]] std::string kernel() const override {
    return kernel_text("fused rows", level_, pointwise_.bf16);
  }

 private:
  [[nodiscard]] std::int64_t row_floats() const {
    return (columns_ * depthwise_.channels + 15) / 16 * 16;
  }
  [[nodiscard]] float* kept(float* scratch, std::int64_t row) const {
    return scratch + row % kept_rows * row_floats();
  }

  /// The pointwise convolution of one row.
  void mix(const float* in, std::int64_t row, float* to, float* scratch) const {
    PointwiseRun run = pointwise_.run();
    run.pixels = width_;
    run.out = to + left_ * pointwise_.outputs;
    run_pointwise(pointwise_, kernels_, run, in + row * width_ * pointwise_.inputs, scratch);
  }

  Isa level_;
  const RowKernels& kernels_;
  PackedPointwise pointwise_;
  PackedDepthwise depthwise_;
  std::int64_t height_, width_, out_height_, out_width_, stride_, top_ = 0, left_ = 0;
  std::int64_t columns_ = 0;  ///< of a kept row, with those outside the image
  AlignedFloats outside_;     ///< a row of zeros
};

}  // namespace

ConvolutionStepPtr pointwise_depthwise_step(const Node& pointwise, const Node& depthwise,
                                            const Shape& in, const Shape& out,
                                            const StepOptions& options) {
  return std::make_unique<PointwiseDepthwiseStep>(pointwise, depthwise, in, out, options);
}

}  // namespace faceshot::engine
