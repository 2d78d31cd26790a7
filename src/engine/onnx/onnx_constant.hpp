// Tensors stored in ONNX files, and in the files beside them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/graph/graph.hpp"

namespace onnx {
class TensorProto;
}

namespace faceshot::engine {

/// Where a network comes from.
struct OnnxOrigin {
  std::string name;                             ///< for messages
  std::optional<std::filesystem::path> folder;  ///< of its external data; none: it may have none
};

/// Floats of 16, 32 and 64 bits and bfloat16 become floats; integers of 8, 16, 32 and 64 bits whole
/// numbers. External data is read from the origin's folder, never from elsewhere: its location must
/// be a relative path without "..", and no symbolic link may lead out of the folder.
/// @throws Error(format) if what is stored does not fit its shape; Error(unsupported) for other
/// element
///         types; Error(not_found) if the file of external data is missing
[[nodiscard]] Constant read_constant(const onnx::TensorProto& proto, const OnnxOrigin& origin);

}  // namespace faceshot::engine
