// A network's graph for TensorBoard's graph page.
#pragma once

#include <string>
#include <vector>

namespace faceshot::tensorboard {

/// One operation. Slashes in names create expandable boxes.
struct GraphNode {
  std::string name, op;
  std::vector<std::string> inputs;                              ///< names of other nodes
  std::vector<std::pair<std::string, std::string>> attributes;  ///< shown as text
};

/// TensorFlow's `GraphDef`, serialised, for EventFile::write_graph.
[[nodiscard]] std::string graph_def(const std::vector<GraphNode>& nodes);

}  // namespace faceshot::tensorboard
