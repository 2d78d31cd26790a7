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
  bool predicted = false;  ///< not seen in this frame: its corners alone are drawn
};

/// Colour of a track: the same wherever it is drawn; neighbours in number differ clearly.
[[nodiscard]] media::Bgr track_colour(std::int64_t id);

/// Boxes with "id score" beside them, as media::draw_detections() draws them: around the face,
/// growing with the picture, without text beside small ones. Letters stand upright for who sees the
/// film.
void draw_faces(const Canvas& canvas, const Placement& placement, std::span<const DrawnFace> faces);

}  // namespace faceshot::video
