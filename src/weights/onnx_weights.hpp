// The constants of an ONNX model, which hold a trained network's weights.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "weights/weights.hpp"

namespace faceshot::weights {

struct OnnxFile {
  std::vector<NamedArray> arrays;
  std::map<std::string, std::string> metadata;  ///< metadata_props
};

/// Reads the graph's initialisers and then the outputs of its Constant nodes, in file order and
/// with their names. String and sparse constants are omitted: they are not weights.
/// @throws Error(not_found), Error(io); Error(format) if the file is damaged or not an ONNX model;
///   Error(unsupported) for initialisers with other element types or stored in external files
[[nodiscard]] OnnxFile read_onnx_weights(const std::filesystem::path& path);

}  // namespace faceshot::weights
