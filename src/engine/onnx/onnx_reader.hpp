// Reads ONNX files into graphs, checking every assumption.
#pragma once

#include <cstddef>
#include <span>

#include "engine/graph/graph.hpp"
#include "engine/onnx/onnx_constant.hpp"

namespace faceshot::engine {

/// 16-bit floats are computed in 32 bits. Pairs of QuantizeLinear and DequantizeLinear, the form in
/// which quantised networks are exchanged, are computed in floats: values are clamped, but not
/// rounded.
/// @throws Error(format) for files that are not ONNX or are inconsistent; Error(unsupported) for
///         operators and attributes that the engine lacks, with the node's name; Error as
///         read_constant()
[[nodiscard]] Graph read_onnx(std::span<const std::byte> bytes, const OnnxOrigin& origin);

}  // namespace faceshot::engine
