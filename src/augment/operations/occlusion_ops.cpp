// Operations that cover faces, or parts of them.
#include <algorithm>
#include <array>

#include "augment/operations/families.hpp"
#include "augment/operations/occlude.hpp"
#include "augment/pixels/canvas.hpp"

namespace faceshot::augment {
namespace {

/// A rectangle of `share` times the sides of `within`, its centre anywhere inside.
Box draw_rectangle(const Step& step, const Box& within, base::Random& random) {
  const float width = within.width() * step.draw("share", random);
  const float height = within.height() * step.draw("share", random);
  const float x = within.x1 + within.width() * random.uniform();
  const float y = within.y1 + within.height() * random.uniform();
  return {x - width / 2, y - height / 2, x + width / 2, y + height / 2};
}

void cut_out(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  cv::Mat& image = canvas.pixels();
  auto& faces = canvas.faces();
  const Box picture{0, 0, static_cast<float>(image.cols), static_cast<float>(image.rows)};
  const int count = step.draw_whole("count", random);
  const bool on_faces = step.draw_whole("where", random) == 1;
  for (int i = 0; i < count; ++i) {
    if (on_faces && faces.empty()) return;
    const Box& within =
        on_faces ? faces[random.below(static_cast<std::uint32_t>(faces.size()))].annotation.box
                 : picture;
    const Box hole = draw_rectangle(step, within, random);
    cutout(image, hole, static_cast<CutoutFill>(step.draw_whole("fill", random)), random);
    for (TrackedFace& face : faces) face.visible *= 1 - coverage(face.annotation.box, hole);
  }
  settle_faces(faces, image.cols, image.rows, canvas.rule());
}

void wear_masks(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  // Light blue, white, black, pink: the common colours.
  static constexpr std::array<std::array<std::uint8_t, 3>, 4> cloths{
      {{225, 200, 150}, {235, 235, 235}, {35, 35, 35}, {200, 170, 235}}};
  cv::Mat& image = canvas.pixels();
  const float chance = step.draw("each", random);
  for (const TrackedFace& face : canvas.faces()) {
    if (!face.annotation.landmarks || !random.chance(chance)) continue;
    const auto& cloth = cloths[random.below(cloths.size())];
    medical_mask(image, *face.annotation.landmarks, face.annotation.box,
                 {cloth[0], cloth[1], cloth[2]});
  }
}

void wear_sunglasses(const Step& step, Canvas& canvas, base::Random& random,
                     const AugmentContext&) {
  cv::Mat& image = canvas.pixels();
  const float chance = step.draw("each", random);
  for (const TrackedFace& face : canvas.faces()) {
    if (!face.annotation.landmarks || !random.chance(chance)) continue;
    SunglassesStyle style;
    const auto shade = static_cast<std::uint8_t>(random.below(60));
    style.lens = {shade, static_cast<std::uint8_t>(shade / 2 + random.below(20)), shade};
    style.opacity = random.uniform(0.7F, 1.0F);
    sunglasses(image, *face.annotation.landmarks, face.annotation.box, style);
  }
}

}  // namespace

std::vector<OperationInfo> occlusion_operations() {
  const char* const family = "occlusion";
  const ParameterInfo each{"each", 0.5F, 0, 1, "probability for each face with landmarks"};
  return {
      {"cutout",
       family,
       "blanks rectangles; faces with too little left visible are ignored",
       {{.name = "count",
         .initial = {1, 3},
         .low = 0,
         .high = 1000,
         .meaning = "rectangles",
         .is_integer = true},
        {"share",
         {0.1F, 0.4F},
         0,
         1,
         "as a share of the sides of the picture or face; drawn for each side",
         0},
        {.name = "where",
         .initial = 0,
         .meaning = "anywhere in the picture, or on faces",
         .words = {"picture", "faces"}},
        {.name = "fill",
         .initial = Parameter::choice({0, 1, 2}),
         .meaning = "what to fill with",
         .words = {"gray", "mean", "noise"}}},
       cut_out},
      {"medical_mask", family, "draws medical masks over nose and mouth", {each}, wear_masks},
      {"sunglasses", family, "draws sunglasses", {each}, wear_sunglasses},
  };
}

}  // namespace faceshot::augment
