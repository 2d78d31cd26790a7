// Finds the network shipped with FaceShot.
#pragma once

#include <filesystem>

namespace faceshot::cli {

/// $FACESHOT_MODEL if set; else faceshot-nano.onnx in ../share/faceshot/models beside the program
/// (installed), or in models/ of a folder above the program (built in a checkout).
/// @throws Error(not_found) that says how to name a model
[[nodiscard]] std::filesystem::path default_model();

}  // namespace faceshot::cli
