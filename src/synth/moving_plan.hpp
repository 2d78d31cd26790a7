// What moves in a scene, and how: numbers only, drawn once; everything has a position at any time.
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <vector>

#include "base/random.hpp"
#include "synth/face_traits.hpp"
#include "synth/moving_options.hpp"

namespace faceshot::synth {

/// amplitude * sin(2 pi (hz t + phase)).
struct Wave {
  float amplitude = 0, hz = 0, phase = 0;

  [[nodiscard]] float at(float t) const noexcept;
};

/// From 0 to `amount` and, after a while, back, smoothly.
struct Episode {
  float begin = 0, rise = 0.3F, hold = 0.5F, amount = 0;

  [[nodiscard]] float at(float t) const noexcept;
};

/// The camera's view of the world.
struct CameraPath {
  Wave pan_x, pan_y, shake_x, shake_y, shake_roll;
  float zoom_rate = 0;     ///< logarithm of the zoom, per second
  cv::Size2f size;         ///< of the picture
  cv::Point2f base{0, 0};  ///< centre of the world

  /// From the world to the picture.
  [[nodiscard]] cv::Matx23f at(float t) const;
  [[nodiscard]] float zoom(float t) const noexcept;
  [[nodiscard]] float roll(float t) const noexcept;
};

struct Person {
  FaceTraits traits;
  cv::Point2f start, velocity;  ///< of the face's centre in the world: pixels, pixels per second
  Wave sway_x, sway_y;
  float height = 0;  ///< of the face, pixels of the world, at t = 0
  float growth = 0;  ///< of its logarithm, per second: people who approach
  Wave yaw, pitch, roll;
  std::vector<Episode> turns, nods;

  [[nodiscard]] cv::Point2f place(float t) const noexcept;
  [[nodiscard]] float height_at(float t) const noexcept;
  /// The person's state at this time.
  [[nodiscard]] FaceTraits pose(float t) const;
};

/// A board or post that stands or moves in front of people whose faces are smaller than `depth`.
struct Occluder {
  float x = 0, speed = 0, width = 0;  ///< left edge in the world at t = 0, pixels
  float top = 0, bottom = 0;
  float depth = 0;  ///< pixels: height of faces at the same distance
  cv::Vec3b color;
  std::uint32_t grain = 0;
};

/// The frames from one cut to the next.
struct Shot {
  std::size_t begin = 0, end = 0;  ///< frames
  std::uint32_t background = 0;    ///< index of its random stream
  CameraPath camera;
  std::vector<Person> people;       ///< farthest first
  std::vector<Occluder> occluders;  ///< farthest first
};

struct MovingPlan {
  double frame_rate = 25;
  std::vector<Shot> shots;
  std::vector<Episode> dark,
      unfocused;  ///< amounts: share of the light lost; sigma, pixels
  float light = 1, noise = 0, shutter = 0.5F;
  int jpeg_quality = 0;  ///< 0: not compressed
};

/// Depends only on its arguments. @throws Error(invalid_argument) as validate
[[nodiscard]] MovingPlan plan_scene(const MovingSceneOptions& options, std::uint64_t seed);

/// The size of the world, of which the camera sees a part.
[[nodiscard]] cv::Size world_size(const MovingSceneOptions& options) noexcept;

}  // namespace faceshot::synth
