// Draws faces into a film's frames.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "faceshot/box.hpp"
#include "media/drawing/canvas.hpp"
#include "video/painting/canvas.hpp"
#include "video/placement.hpp"

namespace faceshot::video {

struct DrawnFace {
  Box box;  ///< pixels as seen
  std::int64_t id = 0;
  float score = 0;
  bool predicted = false;  ///< not seen in this frame: only its corners are drawn
};

/// Colour of a track: always the same; consecutive ids differ clearly.
[[nodiscard]] media::Bgr track_colour(std::int64_t id);

/// Boxes with "id score" beside them, in the style of media::draw_detections(): line width grows
/// with the picture, no text beside small ones. Text is upright in the film as seen.
void draw_faces(const Canvas& canvas, const Placement& placement, std::span<const DrawnFace> faces);

}  // namespace faceshot::video
