// A frame for the detector: 8-bit planes, upright, with square pixels.
#pragma once

#include <memory>

#include "faceshot/image_view.hpp"
#include "media/photographs/image.hpp"
#include "video/frame.hpp"
#include "video/placement.hpp"

namespace faceshot::video {

/// Films of 8 bits, 4:2:0, upright and with square pixels are used directly; all others are copied,
/// into memory that is reused. Not thread safe.
class UprightView {
 public:
  UprightView();
  ~UprightView();
  UprightView(UprightView&&) noexcept;
  UprightView& operator=(UprightView&&) noexcept;

  /// Valid while the frame lives, and until the next call.
  /// @throws Error(unsupported) for a format that libav cannot convert
  [[nodiscard]] ImageView of(const Frame& frame, const Placement& placement);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The pixels of such a view in colour. @pre a format that UprightView returns
[[nodiscard]] media::Image colour_image(const ImageView& view);

}  // namespace faceshot::video
