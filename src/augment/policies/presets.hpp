// The policies of configs/augment/, compiled in.
#pragma once

#include <span>
#include <string_view>

namespace faceshot::augment {

struct Preset {
  std::string_view name, toml;
};

/// CMake generates presets.cpp from the files.
[[nodiscard]] std::span<const Preset> presets();

}  // namespace faceshot::augment
