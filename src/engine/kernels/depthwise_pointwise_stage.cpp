#include "engine/kernels/stage_parts.hpp"

namespace faceshot::engine {
namespace {

class DepthwisePointwiseStage final : public RowStage {
 public:
  DepthwisePointwiseStage(const Node& depthwise, const Node& pointwise, const Shape& in,
                          const Shape& out, const RowOptions& options)
      : RowStage(walk_of(depthwise, in, out)),
        kernels_(row_kernels(options.level)),
        depthwise_(depthwise),
        pointwise_(pointwise, kernels_, options.bfloat16),
        width_(in[3]),
        out_width_(out[3]),
        left_(fit_window(depthwise.window, in).padding[1]),
        run_pixels_(strip_pixels(depthwise_.channels, walk_.stride,
                                 pointwise_.bf16 ? kernels_.bf16_pixels : 24)),
        outside_(zero_row(width_ * depthwise_.channels)) {}

  void run(const Buffers& buffers, RowRange rows) const override {
    if (out_width_ >= 2 * run_pixels_) {
      for (std::int64_t x = 0; x < out_width_; x += run_pixels_)
        for (std::int64_t y = rows.begin; y < rows.end; ++y)
          compute(buffers, y, x, std::min(run_pixels_, out_width_ - x));
      return;
    }
    // If rows are short, runs continue in the next row.
    for (std::int64_t y = rows.begin; y < rows.end;) {
      const std::int64_t end = run_end(buffers.addend, y, run_end(buffers.out, y, rows.end));
      const std::int64_t pixels = (end - y) * out_width_;
      for (std::int64_t p = 0; p < pixels; p += run_pixels_)
        compute(buffers, y, p, std::min(run_pixels_, pixels - p));
      y = end;
    }
  }

  [[nodiscard]] std::size_t scratch_floats() const override {
    return static_cast<std::size_t>(run_pixels_ * depthwise_.channels);
  }
  [[nodiscard]] std::size_t weight_bytes() const override {
    return pointwise_.weight_bytes +
           static_cast<std::size_t>(9 * depthwise_.channels) * sizeof(float);
  }
  [[nodiscard]] bool multiplies_bfloat16() const override { return pointwise_.bf16; }

 private:
  /// Pixels [first, first + count), counted from row `from`.
  void compute(const Buffers& buffers, std::int64_t from, std::int64_t first,
               std::int64_t count) const {
    filter(buffers, from, first, count);
    PointwiseRun run = pointwise_.run();
    run.in = buffers.scratch;
    run.pixels = count;
    run.out = buffers.out.row(from) + first * pointwise_.outputs;
    if (buffers.addend.base != nullptr)
      run.addend = buffers.addend.row(from) + first * pointwise_.outputs;
    (pointwise_.bf16 ? kernels_.pointwise_bf16 : kernels_.pointwise)(run);
  }

  /// The depthwise convolution of pixels [first, first + count), counted from row `from`, into
  /// scratch memory.
  void filter(const Buffers& buffers, std::int64_t from, std::int64_t first,
              std::int64_t count) const {
    DepthwiseRun run = depthwise_.run();
    run.width = width_;
    run.stride = walk_.stride;
    run.left = left_;
    for (std::int64_t done = 0; done < count;) {
      const std::int64_t y = from + (first + done) / out_width_;
      run.first = (first + done) % out_width_;
      run.last = std::min(out_width_, run.first + count - done);
      for (std::int64_t k = 0; k < 3; ++k) {
        const std::int64_t row = y * walk_.stride - walk_.top + k;
        run.rows[k] = row >= 0 && row < walk_.in_height ? buffers.in.row(row) : outside_.get();
      }
      if (pointwise_.bf16) {
        run.out = reinterpret_cast<std::uint16_t*>(buffers.scratch) + done * depthwise_.channels;
        kernels_.depthwise_to_bf16(run);
      } else {
        run.out = buffers.scratch + done * depthwise_.channels;
        kernels_.depthwise(run);
      }
      done += run.last - run.first;
    }
  }

  const RowKernels& kernels_;
  PackedDepthwise depthwise_;
  PackedPointwise pointwise_;
  std::int64_t width_, out_width_, left_;
  std::int64_t run_pixels_;
  AlignedFloats outside_;
};

}  // namespace

RowStagePtr depthwise_pointwise_stage(const Node& depthwise, const Node& pointwise, const Shape& in,
                                      const Shape& out, const RowOptions& options) {
  return std::make_unique<DepthwisePointwiseStage>(depthwise, pointwise, in, out, options);
}

}  // namespace faceshot::engine
