// Weights of convolutions in the layout of the row kernels.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/graph/graph.hpp"
#include "engine/kernels/row_kernels.hpp"
#include "engine/plan/tensor_memory.hpp"

namespace faceshot::engine {

/// The function as row kernels apply it; nothing if they cannot.
[[nodiscard]] std::optional<RowActivation> row_activation(const Unary& unary);

/// True for a 1x1 convolution of one group and stride 1 that row kernels can compute.
[[nodiscard]] bool is_pointwise(const Node& node);

/// True for a 3x3 convolution with stride 1 or 2, each channel a group of its own, that row kernels
/// can compute. It adds no input.
[[nodiscard]] bool is_depthwise(const Node& node);

struct PackedPointwise {
  /// @param node is_pointwise
  /// @param bfloat16 multiply in bfloat16 (sums stay float32) if the number of inputs allows it
  PackedPointwise(const Node& node, const RowKernels& kernels, bool bfloat16);

  std::int64_t inputs = 0, outputs = 0;
  bool bf16 = false;
  /// [outputs / lanes][inputs][lanes], or [outputs / lanes][inputs / 2][lanes][2] of bfloat16.
  AlignedFloats weights;
  std::size_t weight_bytes = 0;
  AlignedFloats bias;
  RowActivation activation;

  /// A run with everything set except its input, its output and the number of pixels.
  [[nodiscard]] PointwiseRun run() const;
};

struct PackedDepthwise {
  /// @param node is_depthwise
  explicit PackedDepthwise(const Node& node);

  std::int64_t channels = 0;
  AlignedFloats weights;  ///< [9][channels]
  AlignedFloats bias;
  RowActivation activation;

  /// As PackedPointwise::run().
  [[nodiscard]] DepthwiseRun run() const;
};

/// Weights [outputs][inputs] (OIHW of a 1x1 window, or of any window flattened into inputs), in
/// panels.
[[nodiscard]] AlignedFloats pack_panels(const std::vector<float>& weights, std::int64_t outputs,
                                        std::int64_t inputs, std::int64_t lanes);

/// Bias, or zeros; rounded up to whole registers.
[[nodiscard]] AlignedFloats pack_bias(const ConstantPtr& bias, std::int64_t outputs,
                                      std::int64_t lanes);

}  // namespace faceshot::engine
