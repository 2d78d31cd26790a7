// A network's layers as TensorBoard's page of graphs shows them.
#pragma once

#include <vector>

#include "model/network_spec.hpp"
#include "tensorboard/graph_event.hpp"

namespace faceshot {

/// One node a layer, and one for the image; names with slashes for dots ("backbone/stem/conv"), so
/// that parts fold into boxes. Attributes: output channels, window, stride, groups.
[[nodiscard]] std::vector<GraphNode> network_graph(const NetworkSpec& spec);

}  // namespace faceshot
