// Named arrays, from which networks are filled. Plain data, no library's types.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace faceshot::weights {

/// One array of 32-bit floats, row-major, in the layouts named at LayerKind
/// (network/network_spec.hpp).
struct WeightArray {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

/// Weights by parameter name.
using Weights = std::map<std::string, WeightArray>;

/// One array as somebody's file has it: the file's own name and layout, values converted to float.
struct NamedArray {
  std::string name;
  std::string
      dtype;  ///< element type in the file, as NumPy calls it: "float16", "int64", "bfloat16"
  std::vector<std::int64_t> shape;  ///< empty: a single number
  std::vector<float> values;        ///< row-major
};

}  // namespace faceshot::weights
