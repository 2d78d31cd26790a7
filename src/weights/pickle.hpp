// The subset of Python's pickle (protocol 2) that torch.save() writes for state dicts:
// dictionaries, lists, numbers, strings and tensors whose elements are elsewhere. A pickle is a
// program that may call any function; this reader never calls anything: a few fixed names have a
// meaning, all others are errors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "weights/element_type.hpp"

namespace faceshot::weights {

/// Index of a value in Pickle::values. Values may be reachable in several ways, and may contain
/// themselves.
using PickleIndex = std::size_t;

/// A list or a tuple.
struct PickleList {
  std::vector<PickleIndex> items;
};

/// A dict or an OrderedDict, in its order.
struct PickleDict {
  std::vector<std::pair<PickleIndex, PickleIndex>> items;
};

/// A name from a Python module, "torch FloatStorage".
struct PickleGlobal {
  std::string name;
};

/// Elements stored outside the pickle, under a key.
struct PickleStorage {
  std::string key;
  ElementType type = ElementType::float32;
  std::int64_t count = 0;
};

/// A view of a storage. Checked: shape and strides have the same length, nothing is negative, and
/// every element is inside the storage.
struct PickleTensor {
  PickleStorage storage;
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape, strides;  ///< in elements
};

/// std::monostate is None.
using PickleValue = std::variant<std::monostate, bool, std::int64_t, double, std::string,
                                 PickleList, PickleDict, PickleGlobal, PickleStorage, PickleTensor>;

struct Pickle {
  std::vector<PickleValue> values;
  PickleIndex root = 0;

  /// Index of the value under a string key of `dict`; `values.size()` if `dict` is not a dictionary
  /// or has no such key. @pre `dict` is an index
  [[nodiscard]] PickleIndex find(PickleIndex dict, std::string_view key) const;
};

/// @param path  named in errors
/// @throws Error(format) if the pickle is damaged; Error(unsupported) if it contains anything other
/// than
///   the values above
[[nodiscard]] Pickle read_pickle(std::string_view bytes, const std::filesystem::path& path);

}  // namespace faceshot::weights
