#include "augment/operations/light.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

namespace faceshot::augment {
namespace {

constexpr int kGainBits = 10;  // fractional bits of a gain
constexpr int kOne = 1 << kGainBits;
constexpr int kGainHalf = kOne / 2;
constexpr int kSteps = 1024;  // in a profile; more than grey levels, so that they are invisible

/// A smooth function of one variable, tabulated: the gain, or the share of white, in fixed point.
using Profile = std::array<std::int16_t, kSteps>;

/// @param function of 0..1, giving -2..2
template <class Function>
Profile tabulate(Function function) {
  Profile profile;
  for (std::size_t i = 0; i < profile.size(); ++i) {
    const float at = (static_cast<float>(i) + 0.5F) / kSteps;
    profile[i] = static_cast<std::int16_t>(std::lround(function(at) * kOne));
  }
  return profile;
}

std::uint8_t* times(std::uint8_t* pixel, int gain) {
  for (int c = 0; c < 3; ++c, ++pixel) {
    *pixel = static_cast<std::uint8_t>(std::min((*pixel * gain + kGainHalf) >> kGainBits, 255));
  }
  return pixel;
}

/// Multiplies by a gain that depends on the position along a direction, 0..1 from corner to corner.
void gain_along(cv::Mat& image, float angle, const Profile& gain) {
  const float radians = angle * std::numbers::pi_v<float> / 180;
  const float right = std::cos(radians), down = -std::sin(radians);
  const auto width = static_cast<float>(image.cols), height = static_cast<float>(image.rows);
  const float extent = std::abs(right) * width + std::abs(down) * height;
  // The step of the profile at a pixel, with 16 fractional bits.
  const float scale = kSteps * 65536.0F / extent;
  const auto step = static_cast<int>(std::lround(right * scale));
  for (int y = 0; y < image.rows; ++y) {
    const float first = 0.5F * (1 - width) * right +
                        (static_cast<float>(y) + 0.5F * (1 - height)) * down + 0.5F * extent;
    auto at = static_cast<int>(std::lround(first * scale));
    auto* pixel = image.ptr<std::uint8_t>(y);
    for (int x = 0; x < image.cols; ++x, at += step) {
      const int index = std::clamp(at >> 16, 0, kSteps - 1);
      pixel = times(pixel, gain[static_cast<std::size_t>(index)]);
    }
  }
}

/// Rises from 0 to 1 while x goes from 0 to 1, with zero slope at both ends.
float smooth_step(float x) {
  x = std::clamp(x, 0.0F, 1.0F);
  return x * x * (3 - 2 * x);
}

/// 0 below the edge, 1 above, `softness` wide.
float soft_edge(float x, float edge, float softness) {
  if (softness <= 0) return x < edge ? 0.0F : 1.0F;
  return smooth_step((x - edge) / softness + 0.5F);
}

/// For each of `count` pixels its squared distance from `center`, in steps of a profile that ends
/// at the squared distance `end`.
std::vector<float> squared_steps(int count, float center, float end) {
  std::vector<float> steps(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const float away = static_cast<float>(i) + 0.5F - center;
    steps[i] = away * away / end * kSteps;
  }
  return steps;
}

}  // namespace

void directional_light(cv::Mat& image, float angle, float strength, float softness) {
  if (strength <= 0 || image.empty()) return;
  gain_along(image, angle, tabulate([&](float at) {
               const float place = 2 * at - 1;
               if (softness <= 0) return place < 0 ? 1 - strength : 1 + strength;
               // A sine is nearly straight in the middle and flat at its ends.
               const float bent = std::clamp(place / softness, -1.0F, 1.0F);
               return 1 + strength * std::sin(bent * std::numbers::pi_v<float> / 2);
             }));
}

void shadow(cv::Mat& image, const Shadow& cast) {
  if (cast.darkness <= 0 || image.empty()) return;
  gain_along(image, cast.angle, tabulate([&](float at) {
               const float place = 2 * at - 1;
               const float begin = cast.position - cast.width / 2;
               const float end = cast.position + cast.width / 2;
               return 1 - cast.darkness * soft_edge(place, begin, cast.softness) *
                              (1 - soft_edge(place, end, cast.softness));
             }));
}

void vignette(cv::Mat& image, float strength) {
  if (strength <= 0 || image.empty()) return;
  // cos^4 a = 1 / (1 + tan^2 a)^2, where tan a grows with the distance from the centre.
  const float corner = 1 / std::sqrt(1 - std::min(strength, 0.99F)) - 1;
  const Profile gain = tabulate([&](float at) { return 1 / std::pow(1 + corner * at, 2.0F); });
  const auto width = static_cast<float>(image.cols), height = static_cast<float>(image.rows);
  const float end = (width * width + height * height) / 4;
  const auto across = squared_steps(image.cols, width / 2, end);
  const auto down = squared_steps(image.rows, height / 2, end);
  for (int y = 0; y < image.rows; ++y) {
    auto* pixel = image.ptr<std::uint8_t>(y);
    for (const float step : across) {
      const auto index = static_cast<int>(step + down[static_cast<std::size_t>(y)]);
      pixel = times(pixel, gain[static_cast<std::size_t>(std::min(index, kSteps - 1))]);
    }
  }
}

void glare(cv::Mat& image, float x, float y, float radius, float strength) {
  if (strength <= 0 || image.empty()) return;
  // A Moffat profile, typical of light scattered in a lens, shifted to reach 0 at its end: 4 radii.
  constexpr float kEnd = 4;
  constexpr float kLeft = 1 / ((1 + kEnd * kEnd) * (1 + kEnd * kEnd));
  const Profile share = tabulate([&](float at) {
    const float falloff = 1 / std::pow(1 + at * kEnd * kEnd, 2.0F);
    return std::min(strength, 1.0F) * (falloff - kLeft) / (1 - kLeft);
  });
  const float end = kEnd * kEnd * radius * radius;
  const auto across = squared_steps(image.cols, x, end);
  const auto down = squared_steps(image.rows, y, end);
  for (int row = 0; row < image.rows; ++row) {
    auto* pixel = image.ptr<std::uint8_t>(row);
    for (const float step : across) {
      const float at = step + down[static_cast<std::size_t>(row)];
      if (at < kSteps) {
        const int white = share[static_cast<std::size_t>(at)];
        for (int c = 0; c < 3; ++c) {
          const int change = ((255 - pixel[c]) * white + kGainHalf) >> kGainBits;
          pixel[c] = static_cast<std::uint8_t>(pixel[c] + change);
        }
      }
      pixel += 3;
    }
  }
}

}  // namespace faceshot::augment
