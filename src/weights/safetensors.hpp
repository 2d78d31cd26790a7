// safetensors, Hugging Face's format for named arrays
// (https://huggingface.co/docs/safetensors): a 64-bit little-endian length, that many bytes of JSON
// with each array's element type, shape and position, then the elements.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "weights/weights.hpp"

namespace faceshot::weights {

/// Reads all arrays, in the order of their positions in the file; elements of F16, BF16, F32, F64,
/// I8, U8, I16, I32, I64 and BOOL become floats.
/// @throws Error(not_found), Error(io); Error(format) if the file is truncated, its header is not
/// such
///   JSON, or positions overlap, leave gaps, or do not fit shapes; Error(unsupported) other
///   elements
[[nodiscard]] std::vector<NamedArray> read_safetensors(const std::filesystem::path& path);

/// Writes all as F32, whatever `dtype` says. The file appears complete or not at all.
/// @param metadata  stored as "__metadata__"
/// @throws Error(io); Error(invalid_argument) for two arrays of the same name, for a name that is
/// not
///   UTF-8 or is reserved, or if values do not fit the shape
void write_safetensors(const std::filesystem::path& path, const std::vector<NamedArray>& arrays,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace faceshot::weights
