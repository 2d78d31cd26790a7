#include "weights/named_arrays.hpp"

#include <set>

#include "faceshot/error.hpp"

namespace faceshot::weights {

void require_consistent(const std::vector<NamedArray>& arrays) {
  std::set<std::string> names;
  for (const NamedArray& array : arrays) {
    if (!names.insert(array.name).second)
      throw Error(ErrorCode::invalid_argument, "two arrays are named '" + array.name + "'");
    std::int64_t count = 1;
    for (const std::int64_t extent : array.shape) count *= extent;
    if (count != static_cast<std::int64_t>(array.values.size()))
      throw Error(ErrorCode::invalid_argument, "array '" + array.name + "' has " +
                                                   std::to_string(array.values.size()) +
                                                   " values, which its shape does not fit");
  }
}

}  // namespace faceshot::weights
