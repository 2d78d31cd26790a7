#include "engine/kernels/stage_parts.hpp"

namespace faceshot::engine {
namespace {

/// Pixels per run: its input and output stay in the first-level cache.
constexpr std::int64_t run_pixels = 48;

class PointwiseStage final : public RowStage {
 public:
  PointwiseStage(const Node& node, const Shape& in, const RowOptions& options)
      : RowStage({1, 1, 0, in[2], in[2]}),
        kernels_(row_kernels(options.level)),
        packed_(node, kernels_, options.bfloat16),
        width_(in[3]) {}

  void run(const Buffers& buffers, RowRange rows) const override {
    for (std::int64_t y = rows.begin; y < rows.end;) {
      const std::int64_t end =
          run_end(buffers.in, y, run_end(buffers.addend, y, run_end(buffers.out, y, rows.end)));
      mix(buffers, y, (end - y) * width_);
      y = end;
    }
  }

  [[nodiscard]] std::size_t scratch_floats() const override {
    return static_cast<std::size_t>(run_pixels * packed_.inputs);
  }
  [[nodiscard]] std::size_t weight_bytes() const override { return packed_.weight_bytes; }
  [[nodiscard]] bool multiplies_bfloat16() const override { return packed_.bf16; }

 private:
  void mix(const Buffers& buffers, std::int64_t y, std::int64_t pixels) const {
    PointwiseRun run = packed_.run();
    for (std::int64_t p = 0; p < pixels; p += run_pixels) {
      run.pixels = std::min(run_pixels, pixels - p);
      run.out = buffers.out.row(y) + p * packed_.outputs;
      if (buffers.addend.base != nullptr) run.addend = buffers.addend.row(y) + p * packed_.outputs;
      run_pointwise(packed_, kernels_, run, buffers.in.row(y) + p * packed_.inputs,
                    buffers.scratch);
    }
  }

  const RowKernels& kernels_;
  PackedPointwise packed_;
  std::int64_t width_;
};

}  // namespace

RowStagePtr pointwise_stage(const Node& node, const Shape& in, const RowOptions& options) {
  return std::make_unique<PointwiseStage>(node, in, options);
}

}  // namespace faceshot::engine
