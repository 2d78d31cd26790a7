#include "faceshot/version.hpp"

namespace faceshot {
inline namespace v0_1 {

const char* version() noexcept { return FACESHOT_VERSION; }

}  // namespace v0_1
}  // namespace faceshot
