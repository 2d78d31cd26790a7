// Draws text with the built-in font (font/).
#pragma once

#include <string>
#include <string_view>

#include "media/drawing/canvas.hpp"

namespace faceshot::media {

struct TextSize {
  int width = 0;   ///< pixels, from the first letter's left edge to the last one's right edge
  int height = 0;  ///< of a capital letter; descenders are not included
};

/// @param text UTF-8; Latin, Greek and Cyrillic letters are available, others are drawn as a box
/// @param height of a capital letter, pixels, > 0
/// Thread safe.
[[nodiscard]] TextSize measure_text(std::string_view text, float height);

/// `text`, or its end after "..." if it is too wide: the end of a path says more than its start.
/// @param height as above
/// @param width pixels to fit into
/// Thread safe.
[[nodiscard]] std::string end_that_fits(const std::string& text, float height, int width);

/// Draws one line, clipped to the canvas. Thread safe.
/// @param x, y the left end of the baseline, pixels
void draw_text(const Canvas& canvas, int x, int y, std::string_view text, float height,
               const Bgr& colour);

}  // namespace faceshot::media
