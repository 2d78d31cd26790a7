// ONNX files into graphs, with every assumption checked.
#pragma once

#include <cstddef>
#include <span>

#include "engine/graph/graph.hpp"
#include "engine/onnx/onnx_constant.hpp"

namespace faceshot::engine {

/// Floats of 16 bits are computed in 32. QuantizeLinear and DequantizeLinear in pairs, as quantised
/// networks are exchanged, are computed in floats: their limits hold, their rounding is left out.
/// @throws Error(format) for what is not ONNX or is inconsistent; Error(unsupported) for operators
///         and attributes that the engine lacks, with the node's name; Error as read_constant()
[[nodiscard]] Graph read_onnx(std::span<const std::byte> bytes, const OnnxOrigin& origin);

}  // namespace faceshot::engine
