// The reference page of all operations.
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <vector>

#include "augment/operations/operation.hpp"

namespace faceshot::augment {

/// A parameter's default as written in a policy: 3, [0, 0.2], "grey".
[[nodiscard]] std::string default_text(const ParameterInfo& info);

/// Limits of a parameter: "0 to 1", or its possible words.
[[nodiscard]] std::string limits_text(const ParameterInfo& info);

/// Several lines for a terminal: the operation, then its parameters with default, limits and
/// meaning.
[[nodiscard]] std::string describe(const OperationInfo& info);

/// The whole table as Markdown: docs/augmentation-ops.md.
[[nodiscard]] std::string operations_markdown();

struct PicturedOperation {
  std::string name;
  cv::Mat image;  ///< 8-bit BGR, annotations drawn, the name written below
};

/// Shows the effect of each operation except combinators on a labelled picture.
/// @param pool other pictures, for operations that mix
[[nodiscard]] std::vector<PicturedOperation> picture_operations(const Scene& scene,
                                                                const ScenePool& pool,
                                                                std::uint64_t seed);

}  // namespace faceshot::augment
