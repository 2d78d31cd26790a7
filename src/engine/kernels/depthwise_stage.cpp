#include "engine/kernels/stage_parts.hpp"

namespace faceshot::engine {
namespace {

class DepthwiseStage final : public RowStage {
 public:
  DepthwiseStage(const Node& node, const Shape& in, const Shape& out, const RowOptions& options)
      : RowStage(walk_of(node, in, out)),
        kernels_(row_kernels(options.level)),
        packed_(node),
        width_(in[3]),
        out_width_(out[3]),
        left_(fit_window(node.window, in).padding[1]),
        outside_(zero_row(width_ * packed_.channels)) {}

  void run(const Buffers& buffers, RowRange rows) const override {
    DepthwiseRun run = packed_.run();
    run.width = width_;
    run.stride = walk_.stride;
    run.left = left_;
    const std::int64_t strip = strip_pixels(packed_.channels, walk_.stride);
    for (std::int64_t x = 0; x < out_width_; x += strip) {
      run.first = x;
      run.last = std::min(x + strip, out_width_);
      for (std::int64_t y = rows.begin; y < rows.end; ++y) {
        for (std::int64_t k = 0; k < 3; ++k) {
          const std::int64_t row = y * walk_.stride - walk_.top + k;
          run.rows[k] = row >= 0 && row < walk_.in_height ? buffers.in.row(row) : outside_.get();
        }
        run.out = buffers.out.row(y) + x * packed_.channels;
        kernels_.depthwise(run);
      }
    }
  }

  [[nodiscard]] std::size_t weight_bytes() const override {
    return static_cast<std::size_t>(9 * packed_.channels) * sizeof(float);
  }

 private:
  const RowKernels& kernels_;
  PackedDepthwise packed_;
  std::int64_t width_, out_width_, left_;
  AlignedFloats outside_;
};

}  // namespace

RowStagePtr depthwise_stage(const Node& node, const Shape& in, const Shape& out,
                            const RowOptions& options) {
  return std::make_unique<DepthwiseStage>(node, in, out, options);
}

}  // namespace faceshot::engine
