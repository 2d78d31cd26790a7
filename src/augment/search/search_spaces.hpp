// The search spaces of configs/augment/search/, compiled in.
#pragma once

#include <span>
#include <string_view>

namespace faceshot::augment::search {

struct NamedSpace {
  std::string_view name, toml;
};

/// CMake generates search_spaces.cpp from the files.
[[nodiscard]] std::span<const NamedSpace> search_spaces();

}  // namespace faceshot::augment::search
