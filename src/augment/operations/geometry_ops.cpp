// Operations that move the whole picture.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>

#include "augment/operations/families.hpp"
#include "augment/pixels/canvas.hpp"

namespace faceshot::augment {
namespace {

PixelMap shifted(double x, double y) { return {1, 0, x, 0, 1, y, 0, 0, 1}; }
PixelMap scaled(double x, double y) { return {x, 0, 0, 0, y, 0, 0, 0, 1}; }

void fliplr(const Step&, Canvas& canvas, base::Random&, const AugmentContext&) {
  canvas.move({-1, 0, static_cast<double>(canvas.width()), 0, 1, 0, 0, 0, 1}, canvas.width(),
              canvas.height());
}

void flipud(const Step&, Canvas& canvas, base::Random&, const AugmentContext&) {
  canvas.move({1, 0, 0, 0, -1, static_cast<double>(canvas.height()), 0, 0, 1}, canvas.width(),
              canvas.height());
}

double radians(float degrees) { return static_cast<double>(degrees) * std::numbers::pi / 180; }

/// About the centre: scale, then shear, then rotate, then translate.
void affine(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  const double scale = step.draw("scale", random);
  const double stretch = std::sqrt(static_cast<double>(step.draw("stretch", random)));
  const double shear = std::tan(radians(step.draw("shear", random)));
  const double angle = radians(step.draw("rotate", random));
  const double dx = static_cast<double>(step.draw("translate", random)) * canvas.width();
  const double dy = static_cast<double>(step.draw("translate", random)) * canvas.height();
  const double c = std::cos(angle);
  const double s = std::sin(angle);
  const PixelMap sheared(1, shear, 0, 0, 1, 0, 0, 0, 1);
  const PixelMap turned(c, -s, 0, s, c, 0, 0, 0, 1);  // clockwise: y points down
  const double cx = 0.5 * canvas.width();
  const double cy = 0.5 * canvas.height();
  canvas.move(shifted(cx + dx, cy + dy) * turned * sheared *
                  scaled(scale * stretch, scale / stretch) * shifted(-cx, -cy),
              canvas.width(), canvas.height());
}

/// Each corner of the picture moves inwards by a share of the sides of its own.
void perspective(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  const auto w = static_cast<float>(canvas.width());
  const auto h = static_cast<float>(canvas.height());
  const std::array<cv::Point2f, 4> to{cv::Point2f{0, 0}, {w, 0}, {w, h}, {0, h}};
  std::array<cv::Point2f, 4> from;
  for (std::size_t i = 0; i < 4; ++i) {
    const float x = step.draw("distort", random) * w;
    const float y = step.draw("distort", random) * h;
    from[i] = {to[i].x > 0 ? w - x : x, to[i].y > 0 ? h - y : y};
  }
  canvas.move(PixelMap(cv::getPerspectiveTransform(from, to)), canvas.width(), canvas.height());
}

int whole_side(double side) { return std::max(1, static_cast<int>(std::lround(side))); }

void resize(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext& context) {
  int width = step.draw_whole("width", random);
  int height = step.draw_whole("height", random);
  if (width == 0) width = context.size;
  if (height == 0) height = context.size;
  canvas.move(scaled(static_cast<double>(width) / canvas.width(),
                     static_cast<double>(height) / canvas.height()),
              width, height);
}

void longer_side(const Step& step, Canvas& canvas, base::Random& random,
                 const AugmentContext& context) {
  int side = step.draw_whole("side", random);
  if (side == 0) side = context.size;
  const double scale = static_cast<double>(side) / std::max(canvas.width(), canvas.height());
  const int width = whole_side(canvas.width() * scale);
  const int height = whole_side(canvas.height() * scale);
  canvas.move(scaled(static_cast<double>(width) / canvas.width(),
                     static_cast<double>(height) / canvas.height()),
              width, height);
}

void letterbox(const Step& step, Canvas& canvas, base::Random& random,
               const AugmentContext& context) {
  int size = step.draw_whole("size", random);
  if (size == 0) size = context.size;
  canvas.move(letterbox_map(canvas.width(), canvas.height(), size, size), size, size);
}

/// Larger canvases are not intended, and would not fit into memory.
constexpr int largest_side = 16384;

ParameterInfo side_parameter(std::string_view name, std::string_view meaning) {
  return {.name = name,
          .initial = 0,
          .low = 0,
          .high = largest_side,
          .meaning = meaning,
          .is_integer = true};
}

}  // namespace

std::vector<OperationInfo> geometric_operations() {
  const char* const family = "geometry";
  return {
      {"fliplr", family, "flips left to right", {}, fliplr},
      {"flipud", family, "flips top to bottom", {}, flipud},
      {"affine",
       family,
       "scales, shears, rotates and translates about the centre in one warp; if some parameters "
       "are given, the others do nothing",
       {{"scale", {0.8F, 1.25F}, 0.05F, 20, "factor; above 1 magnifies", 1},
        {"stretch", 1, 0.2F, 5, "width relative to height, factor", 1},
        {.name = "rotate",
         .initial = {-10, 10},
         .low = -180,
         .high = 180,
         .meaning = "degrees, clockwise",
         .neutral = 0,
         .plus_minus = true},
        {.name = "shear",
         .initial = {-5, 5},
         .low = -60,
         .high = 60,
         .meaning = "degrees that vertical lines lean",
         .neutral = 0,
         .plus_minus = true},
        {.name = "translate",
         .initial = {-0.05F, 0.05F},
         .low = -1,
         .high = 1,
         .meaning = "as a share of the width and of the height, drawn separately",
         .neutral = 0,
         .plus_minus = true}},
       affine,
       false,
       true},
      {"perspective",
       family,
       "changes the perspective: each corner moves inwards",
       {{"distort",
         {0, 0.1F},
         0,
         0.4F,
         "distance that a corner moves, as a share of the sides",
         0}},
       perspective},
      {"resize",
       family,
       "scales to a size, without keeping proportions",
       {side_parameter("width", "pixels; 0: the sample's side"),
        side_parameter("height", "pixels; 0: the sample's side")},
       resize},
      {"longer_side",
       family,
       "scales to a longer side, keeping proportions",
       {side_parameter("side", "longer side in pixels; 0: the sample's side")},
       longer_side},
      {"letterbox",
       family,
       "scales into a square, keeping proportions, and pads the rest",
       {side_parameter("size", "side of the square in pixels; 0: the sample's")},
       letterbox},
  };
}

}  // namespace faceshot::augment
