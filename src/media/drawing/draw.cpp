#include "media/drawing/draw.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "faceshot/error.hpp"
#include "media/drawing/resample.hpp"
#include "media/drawing/text.hpp"

namespace faceshot::media {
namespace {

constexpr Bgr box_colour{60, 230, 90};
/// Okabe and Ito, "Color universal design", 2008, without black: distinguishable for the
/// colour-blind.
constexpr std::array<Bgr, 7> class_colours{{{0, 159, 230},
                                            {233, 180, 86},
                                            {115, 158, 0},
                                            {66, 228, 240},
                                            {178, 114, 0},
                                            {0, 94, 213},
                                            {167, 121, 204}}};
constexpr Bgr point_colour{60, 220, 255};
constexpr Bgr halo_colour{20, 20, 20};  // keeps the box visible on bright and on green backgrounds
constexpr Bgr sheet_colour{32, 32, 32}, caption_colour{225, 225, 225};
constexpr float smallest_labelled = 24;  // px, shorter side of a box

float shorter_side(const Box& box) { return std::min(box.width(), box.height()); }

/// 1 px up to a side of 400, growing with the image, but never thick relative to the face itself.
int line_width(const Canvas& canvas, const Box& box) {
  const float by_image = static_cast<float>(std::max(canvas.width, canvas.height)) / 320;
  return std::max(1, static_cast<int>(std::lround(std::min(by_image, shorter_side(box) / 16))));
}

Rectangle to_pixels(const Box& box) {
  const auto pixel = [](float coordinate) {
    constexpr float far_out = 1e6F;  // outside every image, without integer overflow
    return static_cast<int>(std::lround(std::clamp(coordinate, -far_out, far_out)));
  };
  return {pixel(box.x1), pixel(box.y1), pixel(box.x2) - pixel(box.x1),
          pixel(box.y2) - pixel(box.y1)};
}

/// The frame between `outer` and `outer` shrunk by `width` on each side, pixel-exact.
void draw_frame(const Canvas& canvas, const Rectangle& outer, int width, const Bgr& colour) {
  fill(canvas, {outer.x, outer.y, outer.width, width}, colour);
  fill(canvas, {outer.x, outer.bottom() - width, outer.width, width}, colour);
  fill(canvas, {outer.x, outer.y, width, outer.height}, colour);
  fill(canvas, {outer.right() - width, outer.y, width, outer.height}, colour);
}

Bgr colour_of(int label, std::size_t classes) {
  if (classes < 2 || label < 0) return box_colour;
  return class_colours[static_cast<std::size_t>(label) % class_colours.size()];
}

/// The line is outside the face, so that it hides none of it, with a halo of 1 px.
void draw_box(const Canvas& canvas, const Box& box, const Bgr& colour) {
  const int width = line_width(canvas, box);
  const Rectangle face = to_pixels(box);
  const auto grown = [&](int by) {
    return Rectangle{face.x - by, face.y - by, face.width + 2 * by, face.height + 2 * by};
  };
  if (width > 1) draw_frame(canvas, grown(width + 1), 1, halo_colour);
  draw_frame(canvas, grown(width), width, colour);
}

/// One dot per point, with a halo; hardly wider than a pupil.
void draw_landmarks(const Canvas& canvas, const Landmarks& points, const Box& box) {
  const float radius = std::max(
      1.0F, std::min(2.0F * static_cast<float>(line_width(canvas, box)), shorter_side(box) / 40));
  for (const auto& [x, y] : points) {
    if (!(x >= 0 && y >= 0 && x < static_cast<float>(canvas.width) &&
          y < static_cast<float>(canvas.height)))
      continue;
    draw_disc(canvas, x, y, radius + 1, halo_colour);
    draw_disc(canvas, x, y, radius, point_colour);
  }
}

/// A score, ready to be placed.
struct Label {
  std::string text;
  float letters = 10;  ///< height of a capital, pixels
  int margin = 2;
  int width = 0, height = 0;  ///< with margins
};

/// "0.93", or "helmet 0.93" if there are several classes.
std::string label_text(const Detection& detection, std::span<const std::string> classes) {
  const auto label = static_cast<std::size_t>(detection.label);
  const bool named = classes.size() > 1 && detection.label >= 0 && label < classes.size();
  return fmt::format("{}{}{:.2f}", named ? classes[label] : "", named ? " " : "",
                     static_cast<double>(detection.score));
}

Label make_label(const Canvas& canvas, const Detection& detection,
                 std::span<const std::string> classes) {
  constexpr float smallest_text = 9;  // px; legible
  const float by_image = static_cast<float>(std::max(canvas.width, canvas.height)) / 70;
  const float by_face = shorter_side(detection.box) / 4;
  Label label;
  label.text = label_text(detection, classes);
  label.letters = std::max(smallest_text, std::min(by_image, by_face));
  label.margin = std::max(2, static_cast<int>(std::lround(label.letters / 4)));
  const TextSize ink = measure_text(label.text, label.letters);
  label.width = ink.width + 2 * label.margin;
  label.height = ink.height + 2 * label.margin;
  return label;
}

/// A position where the label hides nothing important: above the box, below it, or, on a large
/// face, at its top edge; nothing if there is none.
std::optional<Rectangle> place_label(const Canvas& canvas, const Box& box, const Label& label,
                                     const std::vector<Rectangle>& occupied, std::size_t own) {
  const Rectangle face = to_pixels(box);
  const int line = line_width(canvas, box);
  const int x = std::clamp(face.x - line, 0, std::max(0, canvas.width - label.width));
  const auto at = [&](int y) { return Rectangle{x, y, label.width, label.height}; };
  const Rectangle above = at(face.y - line - label.height);
  const Rectangle below = at(face.bottom() + line);
  const Rectangle inside = at(std::max(0, face.y));
  const auto is_free = [&](const Rectangle& place) {
    if ((place & canvas.all()) != place) return false;
    for (std::size_t i = 0; i < occupied.size(); ++i)
      if (i != own && !(occupied[i] & place).empty()) return false;
    return true;
  };
  if (is_free(above)) return above;
  if (is_free(below)) return below;
  constexpr int large = 6;  // times the label's height
  if (face.height >= large * label.height && is_free(inside)) return inside;
  return std::nullopt;
}

void draw_label(const Canvas& canvas, const Rectangle& place, const Label& label,
                const Bgr& colour) {
  fill(canvas, place, colour);
  draw_text(canvas, place.x + label.margin, place.bottom() - label.margin, label.text,
            label.letters, halo_colour);
}

}  // namespace

void draw_detections(const Canvas& canvas, std::span<const Detection> detections,
                     std::span<const std::string> classes) {
  if (canvas.empty())
    throw Error(ErrorCode::invalid_argument, "the image to draw on must not be empty");
  const Box all{0, 0, static_cast<float>(canvas.width), static_cast<float>(canvas.height)};
  std::vector<Detection> shown;
  for (const Detection& detection : detections)
    if (finite(detection.box) && detection.box.valid() && intersect(detection.box, all).valid())
      shown.push_back(detection);
  std::stable_sort(shown.begin(), shown.end(),
                   [](const Detection& a, const Detection& b) { return a.score > b.score; });

  std::vector<Rectangle> occupied;  // first the faces, then the placed labels
  for (const Detection& detection : shown) {
    draw_box(canvas, detection.box, colour_of(detection.label, classes.size()));
    if (detection.landmarks && shorter_side(detection.box) >= smallest_labelled)
      draw_landmarks(canvas, *detection.landmarks, detection.box);
    occupied.push_back(to_pixels(detection.box));
  }
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (shorter_side(shown[i].box) < smallest_labelled) continue;
    const Label label = make_label(canvas, shown[i], classes);
    if (const auto place = place_label(canvas, shown[i].box, label, occupied, i)) {
      draw_label(canvas, *place, label, colour_of(shown[i].label, classes.size()));
      occupied.push_back(*place);
    }
  }
}

Image contact_sheet(const std::vector<ImageView>& images, int columns, int cell_width,
                    int cell_height, const std::vector<std::string>& captions) {
  if (images.empty() || columns <= 0 || cell_width <= 0 || cell_height <= 0)
    throw Error(ErrorCode::invalid_argument,
                "a contact sheet needs at least one image, one column and a cell of one pixel");
  if (!captions.empty() && captions.size() != images.size())
    throw Error(ErrorCode::invalid_argument, "each image needs a caption, or none does");
  for (const ImageView& image : images)
    if (image.empty() || image.format != PixelFormat::bgr)
      throw Error(ErrorCode::invalid_argument, "the images must be 8-bit BGR and not empty");
  constexpr int text_height = 9, line_height = 20, baseline = 14;
  const int gap = std::max(1, std::min(cell_width, cell_height) / 40);
  const int count = static_cast<int>(images.size());
  const int used = std::min(columns, count);
  const int rows = (count + columns - 1) / columns;
  const int row_height = cell_height + gap + (captions.empty() ? 0 : line_height);
  Image sheet(used * (cell_width + gap) + gap, rows * row_height + gap);
  const Canvas canvas(sheet);
  fill(canvas, canvas.all(), sheet_colour);
  for (int i = 0; i < count; ++i) {
    const auto index = static_cast<std::size_t>(i);
    const ImageView& image = images[index];
    const double scale = std::min(static_cast<double>(cell_width) / image.width,
                                  static_cast<double>(cell_height) / image.height);
    const auto side = [&](int length, int most) {
      return std::clamp(static_cast<int>(std::lround(length * scale)), 1, most);
    };
    const Image small =
        resampled(image, side(image.width, cell_width), side(image.height, cell_height));
    const int left = gap + i % columns * (cell_width + gap);
    const int top = gap + i / columns * row_height;
    const int x = left + (cell_width - small.width()) / 2;
    const int y = top + (cell_height - small.height()) / 2;
    for (int row = 0; row < small.height(); ++row)
      std::copy_n(small.row(row), small.stride(), canvas.at(x, y + row));
    if (captions.empty()) continue;
    draw_text(canvas, left, top + cell_height + baseline,
              end_that_fits(captions[index], text_height, cell_width), text_height, caption_colour);
  }
  return sheet;
}

}  // namespace faceshot::media
