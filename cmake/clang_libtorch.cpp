// See clang_libtorch.hpp: what files compiled with it lack, from one compiled without.
#include <vector>

namespace faceshot {

using FillBits = void (*)(std::_Bit_iterator, std::_Bit_iterator, const bool&);
extern const FillBits clang_libtorch_fill_bits;
const FillBits clang_libtorch_fill_bits = &std::__fill_a1;

}  // namespace faceshot
