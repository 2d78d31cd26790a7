#include "video/painting/draw_faces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "media/drawing/text.hpp"

namespace faceshot::video {
namespace {

constexpr media::Bgr ink{20, 20, 20};

/// The samples of a line of `length` samples between two pixel positions: [first, last).
std::pair<int, int> samples_between(float from, float to, int log2, int length) {
  const float pixels = static_cast<float>(1 << log2);
  const auto cut = [&](float v) {
    return static_cast<int>(std::clamp(v, 0.0F, static_cast<float>(length)));
  };
  return {cut(std::floor(from / pixels)), cut(std::ceil(to / pixels))};
}

/// @param area of pixels as seen
void fill_area(const Canvas& canvas, const Placement& placement, const Box& area,
               const std::array<int, 3>& values) {
  Box stored = placement.stored(area);
  stored = {std::round(stored.x1), std::round(stored.y1), std::round(stored.x2),
            std::round(stored.y2)};
  if (!finite(stored)) return;
  for (std::size_t c = 0; c < canvas.planes().size(); ++c) {
    const PaintPlane& plane = canvas.planes()[c];
    const auto [left, right] = samples_between(stored.x1, stored.x2, plane.log2_x, plane.width);
    const auto [top, bottom] = samples_between(stored.y1, stored.y2, plane.log2_y, plane.height);
    for (int y = top; y < bottom; ++y)
      for (int x = left; x < right; ++x) set_sample(plane, x, y, values[c]);
  }
}

/// The frame between `box` and `box` grown by `width`; from each end of each side only the given
/// `share`.
void draw_outline(const Canvas& canvas, const Placement& placement, const Box& box, float width,
                  float share, const std::array<int, 3>& values) {
  const Box o{box.x1 - width, box.y1 - width, box.x2 + width, box.y2 + width};
  const float along_x = o.width() * share, along_y = o.height() * share;
  const auto fill = [&](float x1, float y1, float x2, float y2) {
    fill_area(canvas, placement, {x1, y1, x2, y2}, values);
  };
  for (const float y : {o.y1, o.y2 - width}) {
    fill(o.x1, y, o.x1 + along_x, y + width);
    fill(o.x2 - along_x, y, o.x2, y + width);
  }
  for (const float x : {o.x1, o.x2 - width}) {
    fill(x, o.y1, x + width, o.y1 + along_y);
    fill(x, o.y2 - along_y, x + width, o.y2);
  }
}

/// A picture of text: how much of each pixel is ink.
struct LetterMask {
  media::Image ink_share;  ///< white on black
  float width = 0, height = 0;
};

LetterMask make_letters(const std::string& text, float letters) {
  const int margin = std::max(2, static_cast<int>(std::lround(letters / 4)));
  const media::TextSize size = media::measure_text(text, letters);
  media::Image picture(size.width + 2 * margin, size.height + 2 * margin);
  for (int y = 0; y < picture.height(); ++y) std::memset(picture.row(y), 0, picture.stride());
  media::draw_text(picture, margin, picture.height() - margin, text, letters, {255, 255, 255});
  const auto width = static_cast<float>(picture.width());
  const auto height = static_cast<float>(picture.height());
  return {std::move(picture), width, height};
}

/// Draws text on its background, at a position in pixels as seen.
void lay_letters(const Canvas& canvas, const Placement& placement, const LetterMask& letters,
                 const Box& place, const std::array<int, 3>& ground) {
  const std::array<int, 3> dark = canvas.values_of(ink);
  const Box stored = placement.stored(place);
  for (std::size_t c = 0; c < canvas.planes().size(); ++c) {
    const PaintPlane& plane = canvas.planes()[c];
    const auto [left, right] = samples_between(stored.x1, stored.x2, plane.log2_x, plane.width);
    const auto [top, bottom] = samples_between(stored.y1, stored.y2, plane.log2_y, plane.height);
    for (int y = top; y < bottom; ++y)
      for (int x = left; x < right; ++x) {
        const Placement::Point at = placement.seen(
            Placement::Point{(x + 0.5) * (1 << plane.log2_x), (y + 0.5) * (1 << plane.log2_y)});
        const int column = static_cast<int>(std::floor(at.x - static_cast<double>(place.x1)));
        const int row = static_cast<int>(std::floor(at.y - static_cast<double>(place.y1)));
        if (column < 0 || row < 0 || column >= letters.ink_share.width() ||
            row >= letters.ink_share.height())
          continue;
        const int share = letters.ink_share.row(row)[3 * column];
        set_sample(plane, x, y, (dark[c] * share + ground[c] * (255 - share) + 127) / 255);
      }
  }
}

void draw_face(const Canvas& canvas, const Placement& placement, const DrawnFace& face) {
  const float shorter = std::min(face.box.width(), face.box.height());
  const auto longer_of_picture =
      static_cast<float>(std::max(placement.width(), placement.height()));
  const float line = std::max(1.0F, std::round(std::min(longer_of_picture / 320, shorter / 16)));
  const std::array<int, 3> values = canvas.values_of(track_colour(face.id));
  const Box whole{std::round(face.box.x1), std::round(face.box.y1), std::round(face.box.x2),
                  std::round(face.box.y2)};
  if (line > 1)
    draw_outline(canvas, placement,
                 {whole.x1 - line, whole.y1 - line, whole.x2 + line, whole.y2 + line}, 1,
                 face.predicted ? 0.25F : 0.5F, canvas.values_of(ink));
  draw_outline(canvas, placement, whole, line, face.predicted ? 0.25F : 0.5F, values);
  constexpr float smallest_labelled = 24, smallest_text = 9;
  if (shorter < smallest_labelled) return;
  const std::string text =
      face.predicted ? fmt::format("{}", face.id)
                     : fmt::format("{}  {:.2f}", face.id, static_cast<double>(face.score));
  const LetterMask letters =
      make_letters(text, std::max(smallest_text, std::min(longer_of_picture / 70, shorter / 4)));
  const auto width = static_cast<float>(placement.width());
  const auto height = static_cast<float>(placement.height());
  const float x = std::clamp(whole.x1 - line, 0.0F, std::max(0.0F, width - letters.width));
  float y = whole.y1 - line - letters.height;
  if (y < 0) y = whole.y2 + line;  // below if there is no room above
  if (y + letters.height > height) return;
  lay_letters(canvas, placement, letters, {x, y, x + letters.width, y + letters.height}, values);
}

}  // namespace

media::Bgr track_colour(std::int64_t id) {
  // Okabe and Ito's, with FaceShot's green first.
  static constexpr std::array<media::Bgr, 8> colours{{{60, 230, 90},
                                                      {0, 159, 230},
                                                      {233, 180, 86},
                                                      {66, 228, 240},
                                                      {167, 121, 204},
                                                      {0, 94, 213},
                                                      {200, 150, 60},
                                                      {240, 240, 240}}};
  return colours[static_cast<std::size_t>(std::max<std::int64_t>(0, id - 1)) % colours.size()];
}

void draw_faces(const Canvas& canvas, const Placement& placement,
                std::span<const DrawnFace> faces) {
  for (const DrawnFace& face : faces)
    if (face.box.valid() && finite(face.box)) draw_face(canvas, placement, face);
}

}  // namespace faceshot::video
