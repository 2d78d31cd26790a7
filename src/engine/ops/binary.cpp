#include "engine/ops/binary.hpp"

#include <algorithm>
#include <cmath>

namespace faceshot::engine {
namespace {

template <typename F>
void combine(const Loops<3>& loops, const float* a, const float* b, float* out, const F& f) {
  const std::int64_t count = loops.run_size();
  const std::int64_t a_step = loops.run_stride(0), b_step = loops.run_stride(1);
  for_each_run(loops, [&](const std::array<std::int64_t, 3>& offset) {
    const float* const x = a + offset[0];
    const float* const y = b + offset[1];
    float* const z = out + offset[2];
    // The common case, written out so that the compiler can vectorise it.
    if (a_step == 1 && b_step == 1) {
      for (std::int64_t i = 0; i < count; ++i) z[i] = f(x[i], y[i]);
    } else if (a_step == 1 && b_step == 0) {
      const float second = *y;
      for (std::int64_t i = 0; i < count; ++i) z[i] = f(x[i], second);
    } else {
      for (std::int64_t i = 0; i < count; ++i) z[i] = f(x[i * a_step], y[i * b_step]);
    }
  });
}

}  // namespace

void apply(Binary binary, const Loops<3>& loops, const float* a, const float* b, float* out) {
  switch (binary) {
    case Binary::add:
      return combine(loops, a, b, out, [](float x, float y) { return x + y; });
    case Binary::subtract:
      return combine(loops, a, b, out, [](float x, float y) { return x - y; });
    case Binary::multiply:
      return combine(loops, a, b, out, [](float x, float y) { return x * y; });
    case Binary::divide:
      return combine(loops, a, b, out, [](float x, float y) { return x / y; });
    case Binary::power:
      return combine(loops, a, b, out, [](float x, float y) { return std::pow(x, y); });
    case Binary::prelu:
      return combine(loops, a, b, out, [](float x, float y) { return x < 0 ? x * y : x; });
    case Binary::maximum:
      return combine(loops, a, b, out, [](float x, float y) { return std::max(x, y); });
    case Binary::minimum:
      return combine(loops, a, b, out, [](float x, float y) { return std::min(x, y); });
  }
}

}  // namespace faceshot::engine
