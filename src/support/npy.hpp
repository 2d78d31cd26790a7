// NumPy's .npy files, one array each (numpy.lib.format): everything before the elements. FaceShot's
// only codec for it; npz_writer.hpp puts arrays into archives, weights/numpy_file.hpp reads both.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faceshot::support {

/// The first bytes of a .npy file.
inline constexpr std::string_view npy_magic = "\x93NUMPY";
/// Of .npy files, and of the entries of .npz files.
inline constexpr std::string_view npy_extension = ".npy";

/// Everything before the elements, which follow in C order; format version 1.0. Its length is a
/// multiple of 64.
/// @param type  NumPy's name of the element type, "<f4"
/// @param shape  as Python writes it inside the parentheses, "12,", "12, 4" or ""
/// @pre the result is shorter than 65,536 bytes, which 32 dimensions never reach
[[nodiscard]] std::string npy_header(const std::string& type, const std::string& shape);

struct NpyDescription {
  std::string descr;  ///< "<f4"
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
};

/// Parses the header's text: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }. The three
/// keys may come in any order. Nothing if it is anything else.
[[nodiscard]] std::optional<NpyDescription> parse_npy_text(std::string_view text);

/// The next `count` bytes of a file, or fewer at its end.
using NpySource = std::function<std::string(std::uint64_t count)>;

/// Reads a header of version 1.0 to 3.0. The source is then at the first element.
/// @return nothing if the bytes are truncated or not a header
[[nodiscard]] std::optional<NpyDescription> read_npy_header(const NpySource& source);

}  // namespace faceshot::support
