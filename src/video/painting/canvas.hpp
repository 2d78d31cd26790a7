// Draws on frames as decoders deliver them.
#pragma once

#include "media/hiding/plane_canvas.hpp"

struct AVFrame;

namespace faceshot::video {

using media::PaintPlane;

/// A frame to paint on, in its own pixels as stored.
class Canvas : public media::PlaneCanvas {
 public:
  /// @param picture must outlive it; its samples are made unshared
  /// @throws Error(unsupported) unless paintable()
  explicit Canvas(AVFrame& picture);
};

/// Whether frames of this libav format can be painted on directly.
[[nodiscard]] bool paintable(int pixel_format);

}  // namespace faceshot::video
