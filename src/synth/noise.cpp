#include "synth/noise.hpp"

#include <cmath>

namespace faceshot {
namespace {

/// A well mixed number for a lattice point: the finalizer of MurmurHash3 (A. Appleby, public
/// domain). Philox would be ten times the work, and nobody sees the difference.
float lattice(std::int32_t x, std::int32_t y, std::uint32_t seed) noexcept {
  std::uint32_t h = static_cast<std::uint32_t>(x) * 0x9E3779B1U +
                    static_cast<std::uint32_t>(y) * 0x85EBCA77U + seed;
  h = (h ^ (h >> 16)) * 0x85EBCA6BU;
  h = (h ^ (h >> 13)) * 0xC2B2AE35U;
  h ^= h >> 16;
  return static_cast<float>(h >> 8) * 0x1p-24F;
}

float ease(float t) noexcept { return t * t * (3 - 2 * t); }

}  // namespace

float value_noise(float x, float y, std::uint32_t seed) noexcept {
  const float left = std::floor(x);
  const float top = std::floor(y);
  const auto ix = static_cast<std::int32_t>(left);
  const auto iy = static_cast<std::int32_t>(top);
  const float tx = ease(x - left);
  const float ty = ease(y - top);
  const float a = std::lerp(lattice(ix, iy, seed), lattice(ix + 1, iy, seed), tx);
  const float b = std::lerp(lattice(ix, iy + 1, seed), lattice(ix + 1, iy + 1, seed), tx);
  return a + (b - a) * ty;
}

}  // namespace faceshot
