// PyTorch's files in their zip form (torch.save since 1.6, `.pt` and `.pth`; our own checkpoints):
// a pickle, and the elements of each storage beside it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "weights/weights.hpp"

namespace faceshot::weights {

struct TorchFile {
  std::string part;  ///< key of the dictionary that was read; empty: the whole file
  std::vector<NamedArray> arrays;
};

/// Reads the tensors of a state dict. Names in nested dictionaries and lists are joined by dots. If
/// a dictionary has a state dict under "state_dict", "model_state_dict" or "model", only that is
/// read; of our checkpoints "ema", the weights that are exported, or "model" if the run kept no
/// average. Nothing in the file is executed.
/// @throws Error(not_found), Error(io); Error(format) if the file is damaged or contains no tensor;
///   Error(unsupported) for whole modules, TorchScript and other objects
[[nodiscard]] TorchFile read_torch_file(const std::filesystem::path& path);

}  // namespace faceshot::weights
