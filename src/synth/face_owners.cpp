#include "synth/face_owners.hpp"

#include <cstddef>
#include <cstdint>

namespace faceshot::synth {

void FaceOwners::add(const FaceLayer& layer) {
  const auto id = static_cast<std::uint8_t>(drawn_.size() + 1);
  int pixels = 0;
  for (int y = 0; y < layer.place.height; ++y) {
    const auto* color = layer.pixels.ptr<cv::Vec4b>(y);
    const auto* face = layer.face.ptr<std::uint8_t>(y);
    auto* owner = owner_.ptr<std::uint8_t>(layer.place.y + y) + layer.place.x;
    for (int x = 0; x < layer.place.width; ++x) {
      if (color[x][3] < 128) continue;
      owner[x] = face[x] >= 128 ? id : std::uint8_t{0};
      pixels += face[x] >= 128 ? 1 : 0;
    }
  }
  drawn_.push_back(pixels);
}

std::vector<float> FaceOwners::shares() const {
  std::vector<int> left(256, 0);
  for (int y = 0; y < owner_.rows; ++y)
    for (int x = 0; x < owner_.cols; ++x) ++left[owner_.at<std::uint8_t>(y, x)];
  std::vector<float> result;
  for (std::size_t i = 0; i < drawn_.size(); ++i)
    result.push_back(drawn_[i] > 0 ? static_cast<float>(left[i + 1]) / static_cast<float>(drawn_[i])
                                   : 0.0F);
  return result;
}

}  // namespace faceshot::synth
