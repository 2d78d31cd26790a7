// The search spaces of configs/augment/search/, compiled in.
#pragma once

#include <span>
#include <string_view>

namespace faceshot::augment::search {

struct NamedSpace {
  std::string_view name, toml;
};

/// search_spaces.cpp is made from the files by CMake.
[[nodiscard]] std::span<const NamedSpace> search_spaces();

}  // namespace faceshot::augment::search
