// Requirements of all writers of named arrays.
#pragma once

#include <vector>

#include "weights/weights.hpp"

namespace faceshot::weights {

/// @throws Error(invalid_argument) if two arrays have the same name, or if values do not fit their
/// shape
void require_consistent(const std::vector<NamedArray>& arrays);

}  // namespace faceshot::weights
