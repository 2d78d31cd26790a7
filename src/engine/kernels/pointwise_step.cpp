#include <algorithm>

#include "engine/kernels/convolution_step.hpp"
#include "engine/kernels/step_parts.hpp"

namespace faceshot::engine {
namespace {

/// Pixels of a run: its input and output stay in the first-level cache.
constexpr std::int64_t run_pixels = 48;

class PointwiseStep final : public ConvolutionStep {
 public:
  PointwiseStep(const Node& node, const Shape& in, const StepOptions& options)
      : level_(options.level),
        kernels_(row_kernels(level_)),
        packed_(node, kernels_, options.bfloat16),
        pixels_(in[2] * in[3]) {}

  void run(const Buffers& buffers, int part, int parts) const override {
    const Range pixels = part_of(pixels_, run_pixels, part, parts);
    PointwiseRun run = packed_.run();
    for (std::int64_t p = pixels.begin; p < pixels.end; p += run_pixels) {
      run.pixels = std::min(run_pixels, pixels.end - p);
      run.out = buffers.out + p * packed_.outputs;
      if (buffers.addend != nullptr) run.addend = buffers.addend + p * packed_.outputs;
      run_pointwise(packed_, kernels_, run, buffers.in + p * packed_.inputs, buffers.scratch);
    }
  }

  [[nodiscard]] std::size_t scratch_floats() const override {
    return static_cast<std::size_t>(run_pixels * packed_.inputs);
  }
  [[nodiscard]] std::size_t weight_bytes() const override { return packed_.weight_bytes; }
  [[nodiscard]] std::string kernel() const override {
    return kernel_text("rows", level_, packed_.bf16);
  }

 private:
  Isa level_;
  const RowKernels& kernels_;
  PackedPointwise packed_;
  std::int64_t pixels_;
};

}  // namespace

ConvolutionStepPtr pointwise_step(const Node& node, const Shape& in, const StepOptions& options) {
  return std::make_unique<PointwiseStep>(node, in, options);
}

}  // namespace faceshot::engine
