#include <algorithm>

#include "engine/kernels/convolution_step.hpp"
#include "engine/kernels/step_parts.hpp"
#include "engine/window.hpp"

namespace faceshot::engine {
namespace {

class DepthwisePointwiseStep final : public ConvolutionStep {
 public:
  DepthwisePointwiseStep(const Node& depthwise, const Node& pointwise, const Shape& in,
                         const Shape& out, const StepOptions& options)
      : level_(options.level),
        kernels_(row_kernels(level_)),
        depthwise_(depthwise),
        pointwise_(pointwise, kernels_, options.bfloat16),
        height_(in[2]),
        width_(in[3]),
        out_height_(out[2]),
        out_width_(out[3]),
        stride_(depthwise.window.stride[0]),
        run_pixels_(depthwise_.channels >= 128 ? 24 : 48),
        outside_(allocate_floats(static_cast<std::size_t>(width_ * depthwise_.channels) *
                                 sizeof(float))) {
    const FittedWindow fit = fit_window(depthwise.window, in);
    top_ = fit.padding[0];
    left_ = fit.padding[1];
  }

  void run(const Buffers& buffers, int part, int parts) const override {
    const Range pixels = part_of(out_height_ * out_width_, run_pixels_, part, parts);
    PointwiseRun run = pointwise_.run();
    run.in = buffers.scratch;
    for (std::int64_t p = pixels.begin; p < pixels.end; p += run_pixels_) {
      run.pixels = std::min(run_pixels_, pixels.end - p);
      filter(buffers.in, p, run.pixels, buffers.scratch);
      run.out = buffers.out + p * pointwise_.outputs;
      if (buffers.addend != nullptr) run.addend = buffers.addend + p * pointwise_.outputs;
      (pointwise_.bf16 ? kernels_.pointwise_bf16 : kernels_.pointwise)(run);
    }
  }

  [[nodiscard]] std::size_t scratch_floats() const override {
    return static_cast<std::size_t>(run_pixels_ * depthwise_.channels);
  }
  [[nodiscard]] std::size_t weight_bytes() const override {
    return pointwise_.weight_bytes +
           static_cast<std::size_t>(9 * depthwise_.channels) * sizeof(float);
  }
  [[nodiscard]] std::string kernel() const override {
    return kernel_text("fused rows", level_, pointwise_.bf16);
  }

 private:
  /// The depthwise convolution of pixels [first, first + count), counted through all rows.
  void filter(const float* in, std::int64_t first, std::int64_t count, float* to) const {
    DepthwiseRun run = depthwise_.run();
    run.width = width_;
    run.stride = stride_;
    run.left = left_;
    for (std::int64_t done = 0; done < count;) {
      const std::int64_t y = (first + done) / out_width_;
      run.first = (first + done) % out_width_;
      run.last = std::min(out_width_, run.first + count - done);
      for (std::int64_t k = 0; k < 3; ++k) {
        const std::int64_t row = y * stride_ - top_ + k;
        run.rows[k] =
            row >= 0 && row < height_ ? in + row * width_ * depthwise_.channels : outside_.get();
      }
      if (pointwise_.bf16) {
        run.out = reinterpret_cast<std::uint16_t*>(to) + done * depthwise_.channels;
        kernels_.depthwise_to_bf16(run);
      } else {
        run.out = to + done * depthwise_.channels;
        kernels_.depthwise(run);
      }
      done += run.last - run.first;
    }
  }

  Isa level_;
  const RowKernels& kernels_;
  PackedDepthwise depthwise_;
  PackedPointwise pointwise_;
  std::int64_t height_, width_, out_height_, out_width_, stride_, top_ = 0, left_ = 0;
  std::int64_t run_pixels_;
  AlignedFloats outside_;  ///< a row of zeros
};

}  // namespace

ConvolutionStepPtr depthwise_pointwise_step(const Node& depthwise, const Node& pointwise,
                                            const Shape& in, const Shape& out,
                                            const StepOptions& options) {
  return std::make_unique<DepthwisePointwiseStep>(depthwise, pointwise, in, out, options);
}

}  // namespace faceshot::engine
