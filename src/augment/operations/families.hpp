// The families of operations, one file each; operation.cpp joins them into one table.
#pragma once

#include <vector>

#include "augment/operations/operation.hpp"

namespace faceshot::augment {

[[nodiscard]] std::vector<OperationInfo> combinators();           ///< combine_ops.cpp
[[nodiscard]] std::vector<OperationInfo> geometric_operations();  ///< geometry_ops.cpp
[[nodiscard]] std::vector<OperationInfo> crop_operations();       ///< crop_ops.cpp
[[nodiscard]] std::vector<OperationInfo> color_operations();      ///< color_ops.cpp
[[nodiscard]] std::vector<OperationInfo> pixel_operations();      ///< pixel_ops.cpp
[[nodiscard]] std::vector<OperationInfo> occlusion_operations();  ///< occlusion_ops.cpp
[[nodiscard]] std::vector<OperationInfo> mixing_operations();     ///< mix_ops.cpp

}  // namespace faceshot::augment
