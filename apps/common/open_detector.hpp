// Opens the detector given on the command line.
#pragma once

#include <string>

#include "faceshot/detector.hpp"

namespace faceshot::cli {

/// @param model path of the ONNX file
/// @param model_info path of a TOML file that describes it, or empty: ModelInfo::of is used
/// @throws Error as Detector and ModelInfo::from_toml
[[nodiscard]] Detector open_detector(const std::string& model, const std::string& model_info,
                                     const DetectorOptions& options);

/// Help for the option that names such a file.
inline constexpr const char* model_info_help =
    "TOML file describing the model's input and outputs; needed only for networks that FaceShot "
    "neither wrote nor recognises (docs/onnx_metadata.md)";

}  // namespace faceshot::cli
