// The number types of weight files, and their conversion to float.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace faceshot::weights {

enum class ElementType : std::uint8_t {
  float16,   ///< IEEE 754 binary16
  bfloat16,  ///< the upper half of a binary32
  float32,
  float64,
  int8,
  uint8,
  int16,
  int32,
  int64,
  boolean,  ///< one byte, 0 or 1
};

/// NumPy's name ("float32"); "bfloat16", which NumPy lacks.
[[nodiscard]] const char* element_name(ElementType type);

/// Bytes of one element.
[[nodiscard]] std::size_t element_size(ElementType type);

/// Little-endian elements to floats. Doubles and large integers are rounded to the nearest float; a
/// double beyond float's range becomes an infinity. A remainder smaller than an element is ignored.
[[nodiscard]] std::vector<float> to_floats(std::string_view bytes, ElementType type);

}  // namespace faceshot::weights
