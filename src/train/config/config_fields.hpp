// The single table of config keys, used for reading, checking, writing and describing them.
#pragma once

#include <array>
#include <string>
#include <variant>
#include <vector>

#include "train/config/config.hpp"

namespace faceshot::train {

using ConfigValue =
    std::variant<int*, float*, std::uint64_t*, std::string*, std::vector<int>*, std::vector<float>*,
                 std::vector<std::string>*, std::array<float, 4>*, std::vector<std::vector<float>>*,
                 augment::Policy*, bool*>;

struct ConfigField {
  std::string key;                     ///< "train.epochs"
  ConfigValue value;                   ///< its member of Config
  double low, high;                    ///< range of numbers (of each element, in lists)
  std::string meaning;                 ///< one line
  std::vector<std::string> choices{};  ///< for strings; empty: any
};

/// Fields that point into `config`, which must outlive them.
[[nodiscard]] std::vector<ConfigField> config_fields(Config& config);

}  // namespace faceshot::train
