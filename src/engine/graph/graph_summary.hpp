// Describes a network before anything is optimised, for `faceshot inspect`.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/graph/graph.hpp"

namespace faceshot::engine {

struct NodeSummary {
  std::string operation;            ///< from describe_operator
  std::string kind;                 ///< the ONNX operator
  std::string name;                 ///< of the node
  std::vector<std::string> inputs;  ///< computed tensors and the network's input
  std::string output;
  std::vector<Shape> input_shapes;  ///< of `inputs`
  Shape output_shape;
  std::size_t parameters = 0;  ///< values it reads from the file; a tensor that several nodes read
                               ///< counts for the first
  double flop = 0;             ///< from flop_of
};

/// All nodes in order, for one input shape. A BatchNormalization counts as two parameters per
/// channel, scale and shift, to which its four vectors reduce.
/// @throws Error as infer_tensors
[[nodiscard]] std::vector<NodeSummary> summarise(const Graph& graph, const Shape& input_shape);

}  // namespace faceshot::engine
