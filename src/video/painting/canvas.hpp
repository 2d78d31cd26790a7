// Draws on frames as decoders deliver them.
#pragma once

#include "media/hiding/plane_canvas.hpp"

struct AVFrame;

namespace faceshot::video {

using media::PaintPlane;

/// A frame that may be painted on. What is painted is in its own pixels, as stored.
class Canvas : public media::PlaneCanvas {
 public:
  /// @param picture which must outlive it; its samples are made its own alone
  /// @throws Error(unsupported) unless paintable()
  explicit Canvas(AVFrame& picture);
};

/// Whether frames of this format of libav's can be painted on as they are.
[[nodiscard]] bool paintable(int pixel_format);

}  // namespace faceshot::video
