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
  std::map<std::string, std::string> metadata{};  ///< ONNX alone
};

/// Reads a weight file; what it is, its first bytes tell, whatever its name. Formats: HDF5
/// (keras_file.hpp), safetensors, ONNX, PyTorch's zip files and our checkpoints (torch_file.hpp),
/// .npz and .npy (numpy_file.hpp).
/// @throws Error(not_found), Error(io); Error(format) if the file is damaged or of no such format;
///   Error(unsupported) for what a reader says it cannot do, and PyTorch's files from before 1.6
[[nodiscard]] WeightFile read_weight_file(const std::filesystem::path& path);

/// Writes safetensors or .npz, as the name ends. See write_safetensors(), write_npz_arrays().
/// @param metadata  stored where the format has a place for it: in safetensors
/// @throws Error(invalid_argument) for another ending; as the writers
void write_weight_file(const std::filesystem::path& path, const std::vector<NamedArray>& arrays,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace faceshot::weights
