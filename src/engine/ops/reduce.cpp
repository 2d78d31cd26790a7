#include "engine/ops/reduce.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace faceshot::engine {
namespace {

template <typename F>
void accumulate(const Loops<2>& loops, const float* in, float* out, const F& add) {
  const std::int64_t count = loops.run_size(), from = loops.run_stride(0), to = loops.run_stride(1);
  for_each_run(loops, [&](const std::array<std::int64_t, 2>& offset) {
    const float* const x = in + offset[0];
    float* const y = out + offset[1];
    for (std::int64_t i = 0; i < count; ++i) y[i * to] = add(y[i * to], x[i * from]);
  });
}

}  // namespace

void reduce(Reduction reduction, const Loops<2>& loops, const float* in, float* out,
            std::int64_t outputs, std::int64_t inputs) {
  std::fill_n(out, outputs,
              reduction == Reduction::max ? -std::numeric_limits<float>::infinity() : 0.0F);
  switch (reduction) {
    case Reduction::max:
      return accumulate(loops, in, out, [](float a, float b) { return std::max(a, b); });
    case Reduction::sum:
      return accumulate(loops, in, out, [](float a, float b) { return a + b; });
    case Reduction::mean:
      accumulate(loops, in, out, [](float a, float b) { return a + b; });
      for (std::int64_t i = 0; i < outputs; ++i) out[i] /= static_cast<float>(inputs);
      return;
    case Reduction::l2:
      accumulate(loops, in, out, [](float a, float b) { return a + b * b; });
      for (std::int64_t i = 0; i < outputs; ++i) out[i] = std::sqrt(out[i]);
  }
}

}  // namespace faceshot::engine
