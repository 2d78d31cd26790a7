// The policies of configs/augment/, compiled in.
#pragma once

#include <span>
#include <string_view>

namespace faceshot::augment {

struct Preset {
  std::string_view name, toml;
};

/// presets.cpp is made from the files by CMake.
[[nodiscard]] std::span<const Preset> presets();

}  // namespace faceshot::augment
