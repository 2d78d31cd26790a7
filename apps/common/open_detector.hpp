// A detector from what the user named on the command line.
#pragma once

#include <string>

#include "faceshot/detector.hpp"

namespace faceshot::cli {

/// @param model path of the ONNX file
/// @param model_info path of a TOML file that describes it, or empty: as ModelInfo::of
/// @throws Error as Detector and ModelInfo::from_toml
[[nodiscard]] Detector open_detector(const std::string& model, const std::string& model_info,
                                     const DetectorOptions& options);

/// Help for the option that names such a file.
inline constexpr const char* model_info_help =
    "TOML file that tells how to feed and decode the model; needed only for networks that are "
    "neither FaceShot's nor known (docs/onnx_metadata.md)";

}  // namespace faceshot::cli
