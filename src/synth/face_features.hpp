// The paint on a face: skin, eyes, brows, mouth, beard, mask, glasses.
#pragma once

#include <opencv2/core.hpp>

#include "synth/face_traits.hpp"

namespace faceshot::synth {

struct Tint {
  cv::Vec3f color;
  float share = 0;  ///< 0 nothing to 1 opaque
};

/// Colours before lighting, by position on the face as defined in head_model.hpp. Immutable, thread
/// safe; keeps a reference to the traits.
class FaceFeatures {
 public:
  explicit FaceFeatures(const FaceTraits& traits);

  /// @param front 1 straight ahead of the head to 0 at the ears @param step size of a pixel, units
  [[nodiscard]] cv::Vec3f surface(float u, float v, float front, float step) const;

  [[nodiscard]] Tint mask(float u, float v, float step) const;
  [[nodiscard]] Tint glasses(float u, float v, float step) const;

 private:
  [[nodiscard]] cv::Vec3f bare_skin(float u, float v) const;
  void add_lines(float u, float v, cv::Vec3f& color) const;
  void add_beard(float u, float v, cv::Vec3f& color) const;
  void add_brow(float u, float v, float step, cv::Vec3f& color) const;
  void add_eye(float u, float v, float side, float step, cv::Vec3f& color) const;
  void add_nostrils(float u, float v, cv::Vec3f& color) const;
  void add_mouth(float u, float v, float step, cv::Vec3f& color) const;

  const FaceTraits& t_;
  cv::Point2f eye_, mouth_;
};

}  // namespace faceshot::synth
