// Draws text with the built-in font (font/).
#pragma once

#include <string_view>

#include "media/drawing/canvas.hpp"

namespace faceshot::media {

struct TextSize {
  int width = 0;   ///< pixels, from the first letter's left to the last one's right
  int height = 0;  ///< of a capital letter; what hangs below the line comes on top of it
};

/// @param text UTF-8; Latin, Greek and Cyrillic letters are known, for others stands a box
/// @param height of a capital letter, pixels, > 0
/// Thread safe.
[[nodiscard]] TextSize measure_text(std::string_view text, float height);

/// Draws one line; what lies outside the canvas is cut off. Thread safe.
/// @param x, y the left end of the line on which the letters stand, pixels
void draw_text(const Canvas& canvas, int x, int y, std::string_view text, float height,
               const Bgr& colour);

}  // namespace faceshot::media
