// Tensors stored in ONNX files.
#pragma once

#include <string>

#include "engine/graph/graph.hpp"

namespace onnx {
class TensorProto;
}

namespace faceshot::engine {

/// @param file for messages
/// @throws Error(format) if what is stored does not fit its shape; Error(unsupported) for element
///         types other than float, double, int32 and int64, and for data outside the file
[[nodiscard]] Constant read_constant(const onnx::TensorProto& proto, const std::string& file);

}  // namespace faceshot::engine
