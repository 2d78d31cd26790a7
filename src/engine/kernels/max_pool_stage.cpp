#include "engine/kernels/stage_parts.hpp"

namespace faceshot::engine {
namespace {

class MaxPoolStage final : public RowStage {
 public:
  MaxPoolStage(const Node& node, const Shape& in, const Shape& out, const RowOptions& options)
      : RowStage(walk_of(node, in, out)), kernels_(row_kernels(options.level)) {
    run_.kernel_height = node.window.kernel[0];
    run_.kernel_width = node.window.kernel[1];
    run_.stride = node.window.stride[1];
    run_.channels = in[1];
    run_.pixels = out[3];
  }

  void run(const Buffers& buffers, RowRange rows) const override {
    MaxPoolRun run = run_;
    for (std::int64_t y = rows.begin; y < rows.end; ++y) {
      for (std::int64_t k = 0; k < run.kernel_height; ++k)
        run.rows[k] = buffers.in.row(y * walk_.stride + k);
      run.out = buffers.out.row(y);
      kernels_.max_pool(run);
    }
  }

 private:
  const RowKernels& kernels_;
  MaxPoolRun run_;
};

}  // namespace

bool is_row_pooling(const Node& node) {
  const std::array<std::int64_t, 4> nothing{0, 0, 0, 0};
  const std::array<std::int64_t, 2> ones{1, 1};
  return node.op == Op::max_pool && !node.window.whole_input && !node.window.rounds_up &&
         node.window.automatic == AutoPadding::none && node.window.padding == nothing &&
         node.window.dilation == ones &&
         node.window.kernel[0] <= static_cast<std::int64_t>(std::size(MaxPoolRun{}.rows));
}

RowStagePtr max_pool_stage(const Node& node, const Shape& in, const Shape& out,
                           const RowOptions& options) {
  return std::make_unique<MaxPoolStage>(node, in, out, options);
}

}  // namespace faceshot::engine
