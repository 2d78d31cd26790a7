// The dictionary in the head of a .npy file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faceshot::weights {

struct NpyDescription {
  std::string descr;  ///< "<f4"
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
};

/// Parses what NumPy writes: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }. The three
/// keys may come in any order. Nothing if it is anything else.
[[nodiscard]] std::optional<NpyDescription> parse_npy_text(std::string_view text);

}  // namespace faceshot::weights
