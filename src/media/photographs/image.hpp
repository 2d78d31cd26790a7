// Pixels that own their memory: the result of decoding photographs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "faceshot/image_view.hpp"

namespace faceshot::media {

/// 8-bit BGR, rows from the top without gaps. Move-only, so it is never copied by accident.
class Image {
 public:
  Image() = default;
  /// Pixels are not initialised. @param width, height pixels, > 0
  Image(int width, int height)
      : width_(width), height_(height), pixels_(new std::uint8_t[stride() * std::size_t(height)]) {}

  [[nodiscard]] int width() const noexcept { return width_; }
  [[nodiscard]] int height() const noexcept { return height_; }
  [[nodiscard]] bool empty() const noexcept { return pixels_ == nullptr; }
  /// Bytes per row.
  [[nodiscard]] std::size_t stride() const noexcept { return std::size_t{3} * std::size_t(width_); }
  [[nodiscard]] std::uint8_t* row(int y) noexcept {
    return pixels_.get() + stride() * std::size_t(y);
  }
  [[nodiscard]] const std::uint8_t* row(int y) const noexcept {
    return pixels_.get() + stride() * std::size_t(y);
  }
  [[nodiscard]] Image copy() const;
  /// For the runtime library; the image must outlive the view.
  [[nodiscard]] ImageView view() const noexcept {
    return {pixels_.get(), width_, height_, static_cast<std::ptrdiff_t>(stride()),
            PixelFormat::bgr};
  }

 private:
  int width_ = 0, height_ = 0;
  std::unique_ptr<std::uint8_t[]> pixels_;
};

}  // namespace faceshot::media
