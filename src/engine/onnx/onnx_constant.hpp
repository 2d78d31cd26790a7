// Tensors stored in ONNX files, and in external files next to them.
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
  std::optional<std::filesystem::path> folder;  ///< of its external data; nothing: external data is
                                                ///< not allowed
};

/// Converts 16-, 32- and 64-bit floats and bfloat16 to floats, and integers of 8, 16, 32 and 64
/// bits to 64 bits. External data is read only from the origin's folder: its location must be a
/// relative path without "..", and no symbolic link may lead out of the folder.
/// @throws Error(format) if the data do not fit the shape; Error(unsupported) for other element
///         types; Error(not_found) if the file of external data is missing
[[nodiscard]] Constant read_constant(const onnx::TensorProto& proto, const OnnxOrigin& origin);

}  // namespace faceshot::engine
