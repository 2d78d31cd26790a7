// Nodes in words and numbers, for tables: what a step of a plan does and how many operations it
// takes.
#pragma once

#include <string>
#include <vector>

#include "engine/graph/graph.hpp"

namespace faceshot::engine {

/// The ONNX operator that a node came from: "Conv", "MaxPool", "Add".
[[nodiscard]] std::string operator_name(const Node& node);

/// Operator, window and what is fused into it: "Conv 3x3/2 + Relu" (stride 2), "Conv 3x3
/// depthwise", "Conv 3x3 groups 4"; fused layers, joined by "+" or ",".
[[nodiscard]] std::string describe_operator(const Node& node);

/// Floating-point operations of a convolution or matrix product, counting multiplications and
/// additions separately; 0 for all other nodes, whose few operations per value are negligible
/// beside moving it.
/// @param shapes of all tensors of the graph
[[nodiscard]] double flop_of(const Node& node, const std::vector<Shape>& shapes);

}  // namespace faceshot::engine
