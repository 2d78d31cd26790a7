#include "media/drawing/text.hpp"

#include <cmath>
#include <cstdint>
#include <vector>

#include "faceshot/error.hpp"
#include "media/drawing/label_font.hpp"
#include "support/utf8.hpp"

// The implementation of the single-header library goes here.
#define STB_TRUETYPE_IMPLEMENTATION
#define STBTT_STATIC
#include <stb/stb_truetype.h>

namespace faceshot::media {
namespace {

struct Font {
  stbtt_fontinfo info{};

  Font() {
    if (stbtt_InitFont(&info, label_font().data(), 0) == 0)
      throw Error(ErrorCode::format, "the built-in font is damaged");
  }
};

const stbtt_fontinfo& font() {
  static const Font built_in;
  return built_in.info;
}

/// Of the built-in font: height of capital letters, in the em square's units of 1/2048.
constexpr float capital_height = 1493.0F / 2048.0F;

float scale_for(float height) {
  return stbtt_ScaleForMappingEmToPixels(&font(), height / capital_height);
}

/// Code points of a text; U+FFFD for anything that is not UTF-8.
std::vector<int> code_points(std::string_view text) {
  constexpr int replacement = 0xFFFD;
  if (!support::is_utf8(text)) return std::vector<int>(text.size(), replacement);
  std::vector<int> points;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
      points.push_back(byte);
    else if (byte >= 0xC0)  // the first of two, three or four bytes
      points.push_back(byte & (byte >= 0xF0 ? 0x07 : byte >= 0xE0 ? 0x0F : 0x1F));
    else
      points.back() = points.back() << 6 | (byte & 0x3F);
  }
  return points;
}

float advance_of(int point, float scale) {
  int advance = 0;
  int bearing = 0;
  stbtt_GetCodepointHMetrics(&font(), point, &advance, &bearing);
  return scale * static_cast<float>(advance);
}

/// Draws one letter at the pen position `x`, with subpixel precision.
void draw_glyph(const Canvas& canvas, float x, int y, int point, float scale, const Bgr& colour) {
  const float whole = std::floor(x);
  int x0 = 0;
  int y0 = 0;
  int x1 = 0;
  int y1 = 0;
  stbtt_GetCodepointBitmapBoxSubpixel(&font(), point, scale, scale, x - whole, 0, &x0, &y0, &x1,
                                      &y1);
  const int width = x1 - x0;
  const int height = y1 - y0;
  if (width <= 0 || height <= 0) return;
  std::vector<std::uint8_t> ink(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  stbtt_MakeCodepointBitmapSubpixel(&font(), ink.data(), width, height, width, scale, scale,
                                    x - whole, 0, point);
  const int left = static_cast<int>(whole) + x0;
  const Rectangle part = Rectangle{left, y + y0, width, height} & canvas.all();
  for (int row = part.y; row < part.bottom(); ++row)
    for (int column = part.x; column < part.right(); ++column)
      blend(canvas, column, row, colour,
            ink[static_cast<std::size_t>((row - y - y0) * width + column - left)]);
}

}  // namespace

TextSize measure_text(std::string_view text, float height) {
  const float scale = scale_for(height);
  float width = 0;
  for (const int point : code_points(text)) width += advance_of(point, scale);
  return {static_cast<int>(std::ceil(width)), static_cast<int>(std::lround(height))};
}

std::string end_that_fits(const std::string& text, float height, int width) {
  const auto fits = [&](const std::string& part) {
    return measure_text(part, height).width <= width;
  };
  if (fits(text)) return text;
  const auto continues = [&](std::size_t i) {  // within a letter of several bytes
    return (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U;
  };
  std::size_t from = 0;
  while (from < text.size() && (continues(from) || !fits("..." + text.substr(from)))) ++from;
  return "..." + text.substr(from);
}

void draw_text(const Canvas& canvas, int x, int y, std::string_view text, float height,
               const Bgr& colour) {
  const float scale = scale_for(height);
  auto pen = static_cast<float>(x);
  for (const int point : code_points(text)) {
    draw_glyph(canvas, pen, y, point, scale, colour);
    pen += advance_of(point, scale);
  }
}

}  // namespace faceshot::media
