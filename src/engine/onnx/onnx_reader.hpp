// ONNX files into graphs, with every assumption checked.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "engine/graph/graph.hpp"

namespace faceshot::engine {

/// @param name for messages
/// @throws Error(format) for what is not ONNX or is inconsistent; Error(unsupported) for operators
///         and attributes that the engine lacks, with the node's name
[[nodiscard]] Graph read_onnx(std::span<const std::byte> bytes, const std::string& name);

}  // namespace faceshot::engine
