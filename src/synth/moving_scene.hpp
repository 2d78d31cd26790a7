// Films of drawn people, with the exact track of every face: for measuring trackers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <opencv2/core.hpp>
#include <vector>

#include "faceshot/box.hpp"
#include "synth/moving_plan.hpp"

namespace faceshot::synth {

/// A face in a frame, known without looking at the pixels.
struct TrueFace {
  int id = 0;  ///< from 1; different in each shot
  Box box;     ///< exact, clipped to the picture
  /// Visible share of the face's part inside the picture, in [0, 1]: people and objects hide the
  /// rest.
  float visibility = 0;
  /// Too little is visible to count: less than 0.3 of the face, less than half of its box in the
  /// picture, or under 10 pixels high.
  bool ignore = false;
};

struct MovingFrame {
  cv::Mat image;  ///< 8-bit BGR
  std::vector<TrueFace> faces;
};

/// A film that can be rendered frame by frame, in any order. Immutable; thread safe.
class MovingScene {
 public:
  /// @throws Error(invalid_argument) as validate(MovingSceneOptions)
  MovingScene(const MovingSceneOptions& options, std::uint64_t seed);

  [[nodiscard]] std::size_t frames() const noexcept;
  [[nodiscard]] double frame_rate() const noexcept { return plan_.frame_rate; }
  /// First frames of all shots but the first.
  [[nodiscard]] std::vector<std::size_t> cuts() const;
  /// From the world of the frame's shot to the picture.
  [[nodiscard]] cv::Matx23f camera(std::size_t frame) const;

  /// Always the same pixels. @pre frame < frames()
  [[nodiscard]] MovingFrame render(std::size_t frame) const;

 private:
  [[nodiscard]] const Shot& shot_of(std::size_t frame) const;

  MovingSceneOptions options_;
  std::uint64_t seed_;
  MovingPlan plan_;
  std::vector<cv::Mat> backgrounds_;  ///< of each shot, in the size of the world
};

}  // namespace faceshot::synth
