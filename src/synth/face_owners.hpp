// How much of each face is visible when everything is drawn.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "synth/face_painter.hpp"

namespace faceshot::synth {

/// Which face each pixel shows. Layers are added in drawing order. At most 255 faces. Not thread
/// safe.
class FaceOwners {
 public:
  explicit FaceOwners(cv::Size size) : owner_(size, CV_8UC1, cv::Scalar(0)) {}

  void add(const FaceLayer& layer);
  /// An object without a face is drawn there.
  void cover(const cv::Rect& place) { owner_(place).setTo(0); }
  /// Visible share of each face, 0 to 1, in the order of add().
  [[nodiscard]] std::vector<float> shares() const;

 private:
  cv::Mat owner_;           ///< number of the face visible at a pixel, 0: none
  std::vector<int> drawn_;  ///< pixels of each face when it was drawn
};

}  // namespace faceshot::synth
