// A network's layers as TensorBoard's page of graphs shows them.
#pragma once

#include <string>
#include <vector>

#include "network/network_spec.hpp"
#include "tensorboard/graph_event.hpp"

namespace faceshot {

/// TensorBoard's form of a name: "backbone.stem.conv" -> "backbone/stem/conv". What is before a
/// slash makes a group, or a box that opens.
[[nodiscard]] std::string scoped_name(std::string name);

/// One node a layer, and one for the image; what it does as `faceshot model summary` says it
/// ("conv 3x3 /2"), and how many channels it gives.
[[nodiscard]] std::vector<GraphNode> network_graph(const NetworkSpec& spec);

}  // namespace faceshot
