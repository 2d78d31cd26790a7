// Smooth noise for skin, cloth and clouds.
#pragma once

#include <cstdint>

namespace faceshot::synth {

/// Value noise: random numbers at integer coordinates, interpolated smoothly (Ebert et al.,
/// Texturing and Modeling, chapter 2). Pure; thread safe.
/// @param seed selects the pattern
/// @return in [0, 1), mean 0.5
[[nodiscard]] float value_noise(float x, float y, std::uint32_t seed) noexcept;

}  // namespace faceshot::synth
