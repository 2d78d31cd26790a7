// Describes a network before anything is optimised, for `faceshot inspect`.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/graph/graph.hpp"

namespace faceshot::engine {

struct NodeSummary {
  std::string operation;            ///< as describe_operator has it
  std::string kind;                 ///< the ONNX operator
  std::string name;                 ///< of the node
  std::vector<std::string> inputs;  ///< tensors that are computed or the network's input
  std::string output;
  std::vector<Shape> input_shapes;  ///< of `inputs`
  Shape output_shape;
  std::size_t parameters = 0;  ///< values it reads from the file; one that several nodes read is
                               ///< counted at the first
  double flop = 0;             ///< as flop_of
};

/// All nodes in order, for one input shape. A BatchNormalization counts as two parameters a
/// channel, scale and shift, which is what its four vectors come to.
/// @throws Error as infer_tensors
[[nodiscard]] std::vector<NodeSummary> summarise(const Graph& graph, const Shape& input_shape);

}  // namespace faceshot::engine
