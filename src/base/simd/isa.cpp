#include "base/simd/isa.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>

#include "faceshot/error.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

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
                  "'; it must be sse4, avx2, avx512 or avx512_bf16, or unset");
}

#if defined(__x86_64__)
/// Bits of CPUID's leaf 7, for which clang 14 has no names.
bool cpu_has_tiles() {
  constexpr unsigned bfloat16 = 1U << 22, tile = 1U << 24;
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & bfloat16) != 0 && (d & tile) != 0;
}

bool system_allows_tiles() {
  constexpr long request_permission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr long tile_data = 18;               // XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}
#endif

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

bool has_tiles() {
#if defined(__x86_64__)
  static const bool has =
      !isa_cap() && isa() == Isa::avx512_bf16 && cpu_has_tiles() && system_allows_tiles();
  return has;
#else
  return false;
#endif
}

}  // namespace faceshot::base
