// The head of NumPy's .npy files (numpy.lib.format, version 1.0).
#pragma once

#include <string>

namespace faceshot::support {

/// Everything before the elements, which follow in C order; its length is a multiple of 64.
/// @param type  NumPy's name of the element type, "<f4"
/// @param shape  as Python writes it inside the parentheses, "12,", "12, 4" or ""
/// @pre the whole is shorter than 65,536 bytes, which 32 dimensions never reach
[[nodiscard]] std::string npy_header(const std::string& type, const std::string& shape);

}  // namespace faceshot::support
