// A frame of a film: planes of samples as the decoder left them, and its time.
#pragma once

#include <cstdint>
#include <memory>

struct AVFrame;

namespace faceshot::video {

struct FrameFree {
  void operator()(AVFrame* frame) const noexcept;
};

/// Move-only; its samples are reference counted and may be shared with decoder and encoder.
class Frame {
 public:
  Frame() = default;
  /// @param picture taken over @param number from 0, in the order of display
  Frame(AVFrame* picture, std::int64_t number, double time) noexcept
      : picture_(picture), index_(number), seconds_(time) {}

  [[nodiscard]] bool empty() const noexcept { return picture_ == nullptr; }
  [[nodiscard]] AVFrame* picture() const noexcept { return picture_.get(); }
  /// From 0, counted from the first requested frame.
  [[nodiscard]] std::int64_t index() const noexcept { return index_; }
  /// Since the beginning of the film.
  [[nodiscard]] double seconds() const noexcept { return seconds_; }
  /// Pixels as they are stored: neither turned nor stretched.
  [[nodiscard]] int width() const noexcept;
  [[nodiscard]] int height() const noexcept;

 private:
  std::unique_ptr<AVFrame, FrameFree> picture_;
  std::int64_t index_ = 0;
  double seconds_ = 0;
};

}  // namespace faceshot::video
