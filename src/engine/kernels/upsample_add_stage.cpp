#include "engine/kernels/stage_parts.hpp"

namespace faceshot::engine {
namespace {

class UpsampleAddStage final : public RowStage {
 public:
  UpsampleAddStage(const Shape& in, const RowOptions& options)
      : RowStage({1, 1, 0, in[2], in[2]}), kernels_(row_kernels(options.level)) {
    run_.pixels = in[3];
    run_.channels = in[1];
  }

  void run(const Buffers& buffers, RowRange rows) const override {
    UpsampleAddRun run = run_;
    for (std::int64_t y = rows.begin; y < rows.end; ++y) {
      run.fine = buffers.in.row(y);
      run.coarse = buffers.addend.row(y / 2);
      run.out = buffers.out.row(y);
      kernels_.upsample_add(run);
    }
  }

 private:
  const RowKernels& kernels_;
  UpsampleAddRun run_;
};

}  // namespace

RowStagePtr upsample_add_stage(const Shape& in, const RowOptions& options) {
  return std::make_unique<UpsampleAddStage>(in, options);
}

}  // namespace faceshot::engine
