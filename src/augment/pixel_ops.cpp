#include "augment/families.hpp"
namespace faceshot {
std::vector<OperationInfo> pixel_operations() { return {}; }
}  // namespace faceshot
