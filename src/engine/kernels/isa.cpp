#include "engine/kernels/isa.hpp"

#include <algorithm>
#include <cstdlib>
#include <dnnl.hpp>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot::engine {
namespace {

struct Level {
  const char* name;
  Isa isa;
  dnnl::cpu_isa onednn;
};

constexpr Level levels[] = {
    {"sse4", Isa::baseline, dnnl::cpu_isa::sse41},
    {"avx2", Isa::avx2, dnnl::cpu_isa::avx2},
    {"avx512", Isa::avx512, dnnl::cpu_isa::avx512_core},
    {"avx512_bf16", Isa::avx512_bf16, dnnl::cpu_isa::avx512_core_bf16},
};

Isa look_up() {
  const char* const wanted = std::getenv("FACESHOT_ISA");
  if (wanted == nullptr || *wanted == '\0') return cpu_isa();
  for (const Level& level : levels) {
    if (level.name != std::string(wanted)) continue;
    dnnl::set_max_cpu_isa(level.onednn);
    return std::min(level.isa, cpu_isa());
  }
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

Isa isa() {
  static const Isa level = look_up();
  return level;
}

}  // namespace faceshot::engine
