// Named arrays, the source of networks' weights. Plain data, no library's types.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace faceshot::weights {

/// One array of 32-bit floats, row-major, in the layouts described at LayerKind
/// (network/network_spec.hpp).
struct WeightArray {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

/// Weights by parameter name.
using Weights = std::map<std::string, WeightArray>;

/// One array of a foreign file: the file's own name and layout, values converted to float.
struct NamedArray {
  std::string name;
  std::string
      dtype;  ///< NumPy's name of the element type in the file: "float16", "int64", "bfloat16"
  std::vector<std::int64_t> shape;  ///< empty: a single number
  std::vector<float> values;        ///< row-major
};

}  // namespace faceshot::weights
