// The constants of an ONNX model: what a trained network is there.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "weights/weights.hpp"

namespace faceshot::weights {

/// Reads the graph's initialisers and then the outputs of its Constant nodes, in the file's order
/// and under the names they have there. Constants that are texts or sparse are left out: they are
/// no weights.
/// @throws Error(not_found), Error(io); Error(format) if the file is damaged or no ONNX model;
///   Error(unsupported) for initialisers with other element types or kept in files of their own
[[nodiscard]] std::vector<NamedArray> read_onnx_weights(const std::filesystem::path& path);

/// The model's metadata_props.
/// @throws Error as read_onnx_weights
[[nodiscard]] std::map<std::string, std::string> read_onnx_metadata(
    const std::filesystem::path& path);

}  // namespace faceshot::weights
