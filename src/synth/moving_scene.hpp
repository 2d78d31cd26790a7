// Films of drawn people, with the exact track of every face: what trackers are measured on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <opencv2/core.hpp>
#include <vector>

#include "faceshot/box.hpp"
#include "synth/moving_plan.hpp"

namespace faceshot::synth {

/// A face in a frame, as it is known without looking at the pixels.
struct TrueFace {
  int id = 0;  ///< from 1; another one in each shot
  Box box;     ///< exact, clipped to the picture
  /// Share of the face inside the picture that is seen, in [0, 1]: people and things hide the rest.
  float visibility = 0;
  /// Too little is seen to ask for it: below 0.3 of the face, less than half of its box in the
  /// picture, or under 10 pixels high.
  bool ignore = false;
};

struct MovingFrame {
  cv::Mat image;  ///< 8-bit BGR
  std::vector<TrueFace> faces;
};

/// A film that is drawn frame by frame, in any order. Immutable; thread safe.
class MovingScene {
 public:
  /// @throws Error(invalid_argument) as validate(MovingSceneOptions)
  MovingScene(const MovingSceneOptions& options, std::uint64_t seed);

  [[nodiscard]] std::size_t frames() const noexcept;
  [[nodiscard]] double frame_rate() const noexcept { return plan_.frame_rate; }
  /// Frames with which another shot begins; not 0.
  [[nodiscard]] std::vector<std::size_t> cuts() const;
  /// From the world of the frame's shot to the picture.
  [[nodiscard]] cv::Matx23f camera(std::size_t frame) const;

  /// The same pixels whoever asks, and when. @pre frame < frames()
  [[nodiscard]] MovingFrame render(std::size_t frame) const;

 private:
  [[nodiscard]] const Shot& shot_of(std::size_t frame) const;

  MovingSceneOptions options_;
  std::uint64_t seed_;
  MovingPlan plan_;
  std::vector<cv::Mat> backgrounds_;  ///< of each shot, of the size of the world
};

}  // namespace faceshot::synth
