// ONNX files as protobuf messages. Only for .cpp files of this room: it includes onnx_pb.h.
#pragma once

#include <onnx/onnx_pb.h>

#include <filesystem>

#include "weights/input_file.hpp"

namespace faceshot::weights {

/// @throws Error(format) if the file is damaged or not an ONNX model; Error(io). Nothing is logged.
[[nodiscard]] onnx::ModelProto read_onnx_model(InputFile& file, const std::filesystem::path& path);

}  // namespace faceshot::weights
