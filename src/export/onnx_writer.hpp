// Writes a network as an ONNX file of standard operators (opset 10) that any runtime can run.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "network/network_spec.hpp"
#include "weights/weights.hpp"

namespace faceshot::exporter {

struct FixedSize {
  int width = 0, height = 0;
};

/// Serialised ModelProto. Input "input" [1, C, height, width], normalised; outputs "loc" [1, P, 4],
/// "conf" [1, P, classes + 1] and, if the network has them, "landmarks" [1, P, 10], raw. Tensors
/// have the names of the spec's layers.
/// @param size width and height written into the graph; without it they are dynamic
/// @param metadata becomes metadata_props
/// @throws Error(invalid_argument) for a size that is not a multiple of size_divisor; Error(format)
/// if
///         a parameter is missing or of the wrong size; Error(unsupported) above ONNX's 2 GB
[[nodiscard]] std::string write_onnx(const network::NetworkSpec& spec,
                                     const weights::Weights& weights,
                                     const std::map<std::string, std::string>& metadata,
                                     std::optional<FixedSize> size = std::nullopt);

}  // namespace faceshot::exporter
