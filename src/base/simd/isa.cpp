#include "base/simd/isa.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot::base {
namespace {

struct Level {
  const char* name;
  Isa isa;
};

constexpr Level levels[] = {
    {"sse4", Isa::baseline},
    {"avx2", Isa::avx2},
    {"avx512", Isa::avx512},
    {"avx512_bf16", Isa::avx512_bf16},
};

std::optional<Isa> look_up_cap() {
  const char* const wanted = std::getenv("FACESHOT_ISA");
  if (wanted == nullptr || *wanted == '\0') return {};
  for (const Level& level : levels)
    if (level.name == std::string(wanted)) return level.isa;
  throw Error(ErrorCode::invalid_argument,
              "FACESHOT_ISA is '" + std::string(wanted) +
                  "'; it may be sse4, avx2, avx512 or avx512_bf16, or not set");
}

}  // namespace

Isa cpu_isa() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512dq");
  if (avx512 && __builtin_cpu_supports("avx512bf16")) return Isa::avx512_bf16;
  if (avx512) return Isa::avx512;
  if (avx2) return Isa::avx2;
#endif
  return Isa::baseline;
}

std::optional<Isa> isa_cap() {
  static const std::optional<Isa> cap = look_up_cap();
  return cap;
}

Isa isa() {
  static const Isa level = std::min(isa_cap().value_or(cpu_isa()), cpu_isa());
  return level;
}

}  // namespace faceshot::base
