#include "tensorboard/graph_event.hpp"

#include "tensorboard/wire_writer.hpp"

namespace faceshot::tensorboard {

std::string graph_def(const std::vector<GraphNode>& nodes) {
  WireWriter graph;
  for (const GraphNode& node : nodes) {
    WireWriter definition;
    definition.bytes(1, node.name).bytes(2, node.op);
    for (const std::string& input : node.inputs) definition.bytes(3, input);
    for (const auto& [key, text] : node.attributes) {
      WireWriter entry;  // of the map attr: name -> AttrValue{bytes s = 2}
      entry.bytes(1, key).message(2, WireWriter().bytes(2, text));
      definition.message(5, entry);
    }
    graph.message(1, definition);
  }
  WireWriter versions;
  versions.integer(1, 22);  // VersionDef.producer, the same as PyTorch's
  graph.message(4, versions);
  return graph.text();
}

}  // namespace faceshot::tensorboard
