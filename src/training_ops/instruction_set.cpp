#include "training_ops/instruction_set.hpp"

#include "base/simd/isa.hpp"
#include "training_ops/element.hpp"

#ifdef FACESHOT_X86_LEVELS
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace faceshot::training_ops {
namespace {

using base::Isa;

#ifdef FACESHOT_X86_LEVELS
/// Of CPUID's leaf 7; clang 14 has no names for these.
bool has_tiles() {
  constexpr unsigned bfloat16 = 1U << 22, tile = 1U << 24;
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & bfloat16) != 0 && (d & tile) != 0;
}

/// Linux enables the tiles' 8 KB of state for programs that ask for it. Threads inherit it.
bool may_use_tiles() {
  constexpr long request_permission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr long tile_data = 18;               // XFEATURE_XTILEDATA
  return has_tiles() && syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}

InstructionSet look_up() {
  __builtin_cpu_init();
  switch (base::isa()) {
    case Isa::avx512_bf16:
      return !base::isa_cap() && may_use_tiles() ? InstructionSet::amx
                                                 : InstructionSet::avx512_bf16;
    case Isa::avx512:
      return InstructionSet::avx512;
    case Isa::avx2:
      return InstructionSet::avx2;
    case Isa::baseline:
      break;
  }
  return InstructionSet::any;
}
#else
InstructionSet look_up() { return InstructionSet::any; }
#endif

}  // namespace

InstructionSet instruction_set() {
  static const InstructionSet best = look_up();
  return best;
}

}  // namespace faceshot::training_ops
