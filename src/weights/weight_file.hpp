// Named arrays from any weight file.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "weights/weights.hpp"

namespace faceshot::weights {

struct WeightFile {
  std::string format;  ///< "safetensors", "NumPy .npz", "PyTorch, part 'state_dict'"
  std::vector<NamedArray> arrays;
  std::map<std::string, std::string> metadata{};  ///< ONNX only
};

/// Reads a weight file; its first bytes determine the format, whatever its name. Formats: HDF5
/// (keras_file.hpp), safetensors, ONNX, PyTorch's zip files and our checkpoints (torch_file.hpp),
/// .npz and .npy (numpy_file.hpp).
/// @throws Error(not_found), Error(io); Error(format) if the file is damaged or of no such format;
///   Error(unsupported) for what its reader does not support, and PyTorch's files from before 1.6
[[nodiscard]] WeightFile read_weight_file(const std::filesystem::path& path);

/// Writes safetensors or .npz, depending on the extension. See write_safetensors(),
/// write_npz_arrays().
/// @param metadata  stored if the format supports it (safetensors)
/// @throws Error(invalid_argument) for another extension; as the writers
void write_weight_file(const std::filesystem::path& path, const std::vector<NamedArray>& arrays,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace faceshot::weights
