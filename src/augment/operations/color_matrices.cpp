#include "augment/operations/color_matrices.hpp"

#include <array>
#include <cmath>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot::augment {
namespace {

cv::Matx34f offsets(float blue, float green, float red) noexcept {
  return {1, 0, 0, blue,   //
          0, 1, 0, green,  //
          0, 0, 1, red};
}

}  // namespace

cv::Matx34f sepia_matrix(float strength) noexcept {
  // The common weights (Microsoft's "sepia tone" example), with rows and columns as B, G, R.
  const cv::Matx34f sepia(0.131F, 0.534F, 0.272F, 0,  //
                          0.168F, 0.686F, 0.349F, 0,  //
                          0.189F, 0.769F, 0.393F, 0);
  return offsets(0, 0, 0) * (1 - strength) + sepia * strength;
}

cv::Matx34f white_balance_matrix(float warmth, float tint) noexcept {
  // Daylight differs from shade or dusk by half a stop between red and blue; a full warmth of 1 is
  // one stop, a lamp without white balance.
  const float warm = std::exp2(warmth / 2), green = std::exp2(-tint / 3);
  const std::array gain{1 / warm, green, warm};
  // Luma of ITU-R BT.601.
  const float gray = 0.114F * gain[0] + 0.587F * gain[1] + 0.299F * gain[2];
  return {gain[0] / gray,
          0,
          0,
          0,  //
          0,
          gain[1] / gray,
          0,
          0,  //
          0,
          0,
          gain[2] / gray,
          0};
}

cv::Matx34f channel_shift_matrix(float blue, float green, float red) noexcept {
  return offsets(blue, green, red);
}

cv::Matx34f channel_swap_matrix(int permutation) {
  constexpr std::array<std::array<int, 3>, 6> kSources{
      {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}};
  if (permutation < 0 || permutation >= static_cast<int>(kSources.size())) {
    throw Error(ErrorCode::invalid_argument,
                "channel permutation " + std::to_string(permutation) + " is not in 0..5");
  }
  cv::Matx34f matrix = cv::Matx34f::zeros();
  for (int to = 0; to < 3; ++to) {
    const auto row = static_cast<std::size_t>(to);
    matrix(to, kSources[static_cast<std::size_t>(permutation)][row]) = 1;
  }
  return matrix;
}

}  // namespace faceshot::augment
