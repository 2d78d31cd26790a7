#include "media/draw.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot::media {
namespace {

using Bgr = std::array<int, 3>;
constexpr Bgr box_colour{60, 230, 90};
/// Okabe and Ito, "Color universal design", 2008, without black: told apart by the colour-blind.
constexpr std::array<Bgr, 7> class_colours{{{0, 159, 230},
                                            {233, 180, 86},
                                            {115, 158, 0},
                                            {66, 228, 240},
                                            {178, 114, 0},
                                            {0, 94, 213},
                                            {167, 121, 204}}};
constexpr Bgr point_colour{60, 220, 255};
constexpr Bgr halo_colour{20, 20, 20};  // keeps the box visible on bright and on green ground
constexpr Bgr sheet_colour{32, 32, 32};
constexpr float smallest_labelled = 24;  // px, shorter side of a box
constexpr int font = cv::FONT_HERSHEY_SIMPLEX;

cv::Scalar scalar(const Bgr& colour) { return {1.0 * colour[0], 1.0 * colour[1], 1.0 * colour[2]}; }

void check_image(const cv::Mat& image) {
  if (image.empty() || image.type() != CV_8UC3)
    throw Error(ErrorCode::invalid_argument, "the image to draw must be 8-bit BGR and not empty");
}

float shorter_side(const Box& box) { return std::min(box.width(), box.height()); }

/// 1 px up to a side of 400, growing with the image, but never heavy beside the face itself.
int line_width(const cv::Mat& image, const Box& box) {
  const float by_image = static_cast<float>(std::max(image.cols, image.rows)) / 320;
  return std::max(1, static_cast<int>(std::lround(std::min(by_image, shorter_side(box) / 16))));
}

cv::Rect to_pixels(const Box& box) {
  const auto pixel = [](float coordinate) {
    constexpr float far_out = 1e6F;  // beyond every image, and no int overflows
    return static_cast<int>(std::lround(std::clamp(coordinate, -far_out, far_out)));
  };
  return {cv::Point(pixel(box.x1), pixel(box.y1)), cv::Point(pixel(box.x2), pixel(box.y2))};
}

/// The frame between `outer` and `outer` shrunk by `width` on each side, to the pixel.
void draw_frame(cv::Mat& image, const cv::Rect& outer, int width, const Bgr& colour) {
  const cv::Rect all(0, 0, image.cols, image.rows);
  const std::array<cv::Rect, 4> bars{
      cv::Rect(outer.x, outer.y, outer.width, width),
      cv::Rect(outer.x, outer.y + outer.height - width, outer.width, width),
      cv::Rect(outer.x, outer.y, width, outer.height),
      cv::Rect(outer.x + outer.width - width, outer.y, width, outer.height)};
  for (const cv::Rect& bar : bars)
    if (const cv::Rect visible = bar & all; !visible.empty()) image(visible).setTo(scalar(colour));
}

Bgr colour_of(int label, std::size_t classes) {
  if (classes < 2 || label < 0) return box_colour;
  return class_colours[static_cast<std::size_t>(label) % class_colours.size()];
}

/// The line lies around the face, so that it hides none of it; a halo of 1 px around it.
void draw_box(cv::Mat& image, const Box& box, const Bgr& colour) {
  const int width = line_width(image, box);
  const cv::Rect face = to_pixels(box);
  const auto grown = [&](int by) {
    return cv::Rect(face.x - by, face.y - by, face.width + 2 * by, face.height + 2 * by);
  };
  if (width > 1) draw_frame(image, grown(width + 1), 1, halo_colour);
  draw_frame(image, grown(width), width, colour);
}

/// A dot a point, with a halo; hardly wider than a pupil.
void draw_landmarks(cv::Mat& image, const Landmarks& points, const Box& box) {
  constexpr int shift = 4;  // points lie between pixels: 1/16 px
  const float radius = std::max(
      1.0F, std::min(2.0F * static_cast<float>(line_width(image, box)), shorter_side(box) / 40));
  const auto fixed = [](float v) { return static_cast<int>(std::lround(v * (1 << shift))); };
  const cv::Rect2f all(0, 0, static_cast<float>(image.cols), static_cast<float>(image.rows));
  for (std::size_t k = 0; k < points.size(); k += 2) {
    const cv::Point2f point(points[k], points[k + 1]);
    if (!all.contains(point)) continue;
    // Coordinates have their origin at the corner of the first pixel, OpenCV at its centre.
    const cv::Point place(fixed(point.x - 0.5F), fixed(point.y - 0.5F));
    cv::circle(image, place, fixed(radius + 1), scalar(halo_colour), cv::FILLED, cv::LINE_AA,
               shift);
    cv::circle(image, place, fixed(radius), scalar(point_colour), cv::FILLED, cv::LINE_AA, shift);
  }
}

/// A score, ready to be put somewhere.
struct Label {
  std::string text;
  double scale = 1;
  int thickness = 1;
  int margin = 2;
  cv::Size size;  ///< with margins
};

/// "0.93", or "helmet 0.93" where there are several classes.
std::string label_text(const Detection& detection, std::span<const std::string> classes) {
  const auto label = static_cast<std::size_t>(detection.label);
  const bool named = classes.size() > 1 && detection.label >= 0 && label < classes.size();
  return fmt::format("{}{}{:.2f}", named ? classes[label] : "", named ? " " : "",
                     static_cast<double>(detection.score));
}

Label make_label(const cv::Mat& image, const Detection& detection,
                 std::span<const std::string> classes) {
  constexpr double smallest_text = 10;  // px; legible
  const double by_image = std::max(image.cols, image.rows) / 60.0;
  const double by_face = shorter_side(detection.box) / 4.0;
  const double height = std::max(smallest_text, std::min(by_image, by_face));
  Label label;
  label.text = label_text(detection, classes);
  label.thickness = std::max(1, static_cast<int>(std::lround(height / 10)));
  label.scale =
      cv::getFontScaleFromHeight(font, static_cast<int>(std::lround(height)), label.thickness);
  label.margin = std::max(2, static_cast<int>(std::lround(height / 5)));
  int baseline = 0;
  const cv::Size ink = cv::getTextSize(label.text, font, label.scale, label.thickness, &baseline);
  label.size = {ink.width + 2 * label.margin, ink.height + 2 * label.margin};
  return label;
}

/// Where the label hides nothing that counts: above the box, below it, or, on a large face, in its
/// top edge; nothing if there is no such place.
std::optional<cv::Rect> place_label(const cv::Mat& image, const Box& box, const Label& label,
                                    const std::vector<cv::Rect>& occupied, std::size_t own) {
  const cv::Rect face = to_pixels(box);
  const int line = line_width(image, box);
  const int x = std::clamp(face.x - line, 0, std::max(0, image.cols - label.size.width));
  const cv::Rect above({x, face.y - line - label.size.height}, label.size);
  const cv::Rect below({x, face.y + face.height + line}, label.size);
  const cv::Rect inside({x, std::max(0, face.y)}, label.size);
  const cv::Rect all(0, 0, image.cols, image.rows);
  const auto is_free = [&](const cv::Rect& place) {
    if ((place & all) != place) return false;
    for (std::size_t i = 0; i < occupied.size(); ++i)
      if (i != own && !(occupied[i] & place).empty()) return false;
    return true;
  };
  if (is_free(above)) return above;
  if (is_free(below)) return below;
  constexpr int large = 6;  // times the label's height
  if (face.height >= large * label.size.height && is_free(inside)) return inside;
  return std::nullopt;
}

void draw_label(cv::Mat& image, const cv::Rect& place, const Label& label, const Bgr& colour) {
  image(place).setTo(scalar(colour));
  cv::putText(image, label.text,
              {place.x + label.margin, place.y + place.height - label.margin - 1}, font,
              label.scale, scalar(halo_colour), label.thickness, cv::LINE_AA);
}

}  // namespace

void draw_detections(cv::Mat& image, std::span<const Detection> detections,
                     std::span<const std::string> classes) {
  check_image(image);
  std::vector<Detection> shown;
  for (const Detection& detection : detections)
    if (finite(detection.box) && detection.box.valid() &&
        intersect(detection.box,
                  {0, 0, static_cast<float>(image.cols), static_cast<float>(image.rows)})
            .valid())
      shown.push_back(detection);
  std::stable_sort(shown.begin(), shown.end(),
                   [](const Detection& a, const Detection& b) { return a.score > b.score; });

  std::vector<cv::Rect> occupied;  // the faces first, then the labels as they are placed
  for (const Detection& detection : shown) {
    draw_box(image, detection.box, colour_of(detection.label, classes.size()));
    if (detection.landmarks && shorter_side(detection.box) >= smallest_labelled)
      draw_landmarks(image, *detection.landmarks, detection.box);
    occupied.push_back(to_pixels(detection.box));
  }
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (shorter_side(shown[i].box) < smallest_labelled) continue;
    const Label label = make_label(image, shown[i], classes);
    if (const auto place = place_label(image, shown[i].box, label, occupied, i)) {
      draw_label(image, *place, label, colour_of(shown[i].label, classes.size()));
      occupied.push_back(*place);
    }
  }
}

cv::Mat contact_sheet(const std::vector<cv::Mat>& images, int columns, cv::Size cell) {
  if (images.empty() || columns <= 0 || cell.width <= 0 || cell.height <= 0)
    throw Error(ErrorCode::invalid_argument,
                "a contact sheet needs at least one image, one column and a cell of one pixel");
  std::for_each(images.begin(), images.end(), check_image);
  const int gap = std::max(1, std::min(cell.width, cell.height) / 40);
  const int used = std::min(columns, static_cast<int>(images.size()));
  const int rows = (static_cast<int>(images.size()) + columns - 1) / columns;
  cv::Mat sheet(rows * (cell.height + gap) + gap, used * (cell.width + gap) + gap, CV_8UC3,
                scalar(sheet_colour));
  for (int i = 0; i < static_cast<int>(images.size()); ++i) {
    const cv::Mat& image = images[static_cast<std::size_t>(i)];
    const double scale = std::min(static_cast<double>(cell.width) / image.cols,
                                  static_cast<double>(cell.height) / image.rows);
    const cv::Size size(
        std::clamp(static_cast<int>(std::lround(image.cols * scale)), 1, cell.width),
        std::clamp(static_cast<int>(std::lround(image.rows * scale)), 1, cell.height));
    const cv::Point corner(
        gap + i % columns * (cell.width + gap) + (cell.width - size.width) / 2,
        gap + i / columns * (cell.height + gap) + (cell.height - size.height) / 2);
    cv::Mat place = sheet(cv::Rect(corner, size));
    cv::resize(image, place, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  }
  return sheet;
}

}  // namespace faceshot::media
