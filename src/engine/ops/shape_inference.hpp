// What is known about a network's tensors once its input size is known.
#pragma once

#include <vector>

#include "engine/graph/graph.hpp"

namespace faceshot::engine {

/// Indexed by tensor of a graph.
struct InferredTensors {
  std::vector<Shape> shapes;
  std::vector<ConstantPtr> values;  ///< of constants and values computed from shapes; otherwise
                                    ///< null
};

/// Shape of a node's output.
/// @throws Error(invalid_argument) if the inputs do not suit the node; Error(unsupported) if its
///         shape depends on the image content
[[nodiscard]] Shape output_shape(const Node& node, const InferredTensors& known);

/// Shape of a node's output, and its values if they follow from what is known.
/// @throws Error as output_shape
void infer_node(const Node& node, InferredTensors& known);

/// Infers all tensors of a graph. Shape arithmetic, which exporters write for dynamic sizes, is
/// evaluated here, so none of it is left when the network runs.
/// @param input_shape of the graph's only input
/// @throws Error(invalid_argument) if the input does not suit the network; others as output_shape
[[nodiscard]] InferredTensors infer_tensors(const Graph& graph, const Shape& input_shape);

}  // namespace faceshot::engine
