// Operations that select the visible part of the picture.
#include <algorithm>
#include <cmath>

#include "augment/operations/crop.hpp"
#include "augment/operations/families.hpp"
#include "augment/pixels/canvas.hpp"

namespace faceshot::augment {
namespace {

/// Makes the window the frame, of width x height pixels.
void show(Canvas& canvas, const Window& window, int width, int height) {
  const double sx = width / window.width;
  const double sy = height / window.height;
  canvas.move({sx, 0, -window.x * sx, 0, sy, -window.y * sy, 0, 0, 1}, width, height);
}

/// At its own scale, rounded to whole pixels.
void show(Canvas& canvas, const Window& window) {
  show(canvas, window, std::max(1, static_cast<int>(std::lround(window.width))),
       std::max(1, static_cast<int>(std::lround(window.height))));
}

void crop(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  const double left = static_cast<double>(step.draw("share", random)) * canvas.width();
  const double top = static_cast<double>(step.draw("share", random)) * canvas.height();
  const double right = static_cast<double>(step.draw("share", random)) * canvas.width();
  const double bottom = static_cast<double>(step.draw("share", random)) * canvas.height();
  show(canvas, {left, top, canvas.width() - left - right, canvas.height() - top - bottom});
}

void pad(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  canvas.settle();  // parts that an earlier crop cut off must not come back
  const double left = static_cast<double>(step.draw("share", random)) * canvas.width();
  const double top = static_cast<double>(step.draw("share", random)) * canvas.height();
  const double right = static_cast<double>(step.draw("share", random)) * canvas.width();
  const double bottom = static_cast<double>(step.draw("share", random)) * canvas.height();
  show(canvas, {-left, -top, canvas.width() + left + right, canvas.height() + top + bottom});
}

/// SSD's zoom out (Liu et al., section 3.6).
void expand(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  canvas.settle();
  const double ratio = step.draw("ratio", random);
  const double width = canvas.width() * ratio;
  const double height = canvas.height() * ratio;
  const double x = (width - canvas.width()) * static_cast<double>(random.uniform());
  const double y = (height - canvas.height()) * static_cast<double>(random.uniform());
  show(canvas, {-x, -y, width, height});
}

void ssd_crop(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  if (random.chance(step.draw("whole", random))) return;
  const float min_iou = step.draw("min_iou", random);
  const auto scale = step["scale"].values();
  const auto annotations = canvas.annotations();
  show(canvas, augment::ssd_crop({canvas.width(), canvas.height(), annotations}, min_iou,
                                 scale.front(), scale.back(), random));
}

int side_of(const Step& step, base::Random& random, const AugmentContext& context) {
  const int size = step.draw_whole("size", random);
  return size == 0 ? context.size : size;
}

void square_crop(const Step& step, Canvas& canvas, base::Random& random,
                 const AugmentContext& context) {
  const int size = side_of(step, random, context);
  const auto share = step["share"].values();
  const double smallest = size / static_cast<double>(step.draw("magnify_max", random));
  const auto annotations = canvas.annotations();
  show(canvas,
       augment::square_crop({canvas.width(), canvas.height(), annotations}, share.front(),
                            share.back(), smallest, random),
       size, size);
}

void zoom_out(const Step& step, Canvas& canvas, base::Random& random,
              const AugmentContext& context) {
  const int size = side_of(step, random, context);
  const double ratio = step.draw("ratio", random);
  show(canvas, square_around({canvas.width(), canvas.height(), {}}, ratio, random), size, size);
}

void anchor_crop(const Step& step, Canvas& canvas, base::Random& random,
                 const AugmentContext& context) {
  const auto annotations = canvas.annotations();
  if (std::none_of(annotations.begin(), annotations.end(), is_sought)) {
    square_crop(Step(find_operation("square_crop")), canvas, random, context);
    return;
  }
  AnchorCrop options;
  options.size = side_of(step, random, context);
  // Sizes for which it does not fit are dropped; the smallest always stays.
  for (const float size : step["sizes"].values())
    if (size <= static_cast<float>(options.size)) options.sizes.push_back(size);
  if (options.sizes.empty()) options.sizes.push_back(static_cast<float>(options.size));
  std::sort(options.sizes.begin(), options.sizes.end());
  options.magnify_max = step.draw("magnify_max", random);
  options.expand_max = step.draw("expand_max", random);
  show(canvas, anchor_crop({canvas.width(), canvas.height(), annotations}, options, random),
       options.size, options.size);
}

constexpr std::string_view result_side = "side of the result in pixels; 0: the sample's";

}  // namespace

std::vector<OperationInfo> crop_operations() {
  const char* const family = "crops";
  const ParameterInfo size{.name = "size",
                           .initial = 0,
                           .low = 0,
                           .high = 16384,
                           .meaning = result_side,
                           .is_integer = true};
  const ParameterInfo magnify{
      "magnify_max", 3, 1, 64,
      "maximum magnification of tiny faces, which have no more detail to show"};
  return {
      {"crop",
       family,
       "crops a share off each side",
       {{"share", {0, 0.2F}, 0, 0.49F, "drawn for each of the four sides", 0}},
       crop},
      {"pad",
       family,
       "adds padding at each side",
       {{"share", {0, 0.2F}, 0, 4, "of the width or height, drawn for each of the four sides", 0}},
       pad},
      {"expand",
       family,
       "SSD's zoom out: places the picture somewhere on a larger canvas",
       {{"ratio", {1, 4}, 1, 16, "side of the canvas, as a factor", 1}},
       expand},
      {"ssd_crop",
       family,
       "SSD's random patch with a minimum IoU with a face and 1/2 <= aspect <= 2; keeps the scale "
       "of the pixels",
       {{"min_iou", Parameter::choice({0, 0.1F, 0.3F, 0.5F, 0.7F, 0.9F}), 0, 1,
         "minimum IoU with some face; 0: anywhere"},
        {"scale",
         {0.3F, 1},
         0.01F,
         1,
         "sides of the patch as a share of the picture's: smallest, largest"},
        {"whole", 1.0F / 7, 0, 1, "probability of leaving the picture whole"}},
       ssd_crop},
      {"square_crop",
       family,
       "crops a square that contains a face and scales it to the sample",
       {{"share",
         {0.3F, 1},
         0.01F,
         4,
         "side as a share of the shorter side: smallest, largest (log-uniform)"},
        magnify,
        size},
       square_crop},
      {"zoom_out",
       family,
       "places the whole picture in a larger square and scales it to the sample",
       {{"ratio", {1, 2}, 1, 16, "side as a factor of the longer side", 1}, size},
       zoom_out},
      {"anchor_crop",
       family,
       "data-anchor sampling (PyramidBox): scales the picture so that a face gets a size from the "
       "list, near its own or smaller; without faces, same as square_crop",
       {{.name = "sizes",
         .initial = Parameter::choice({10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 320}),
         .low = 1,
         .high = 8192,
         .meaning = "sizes of faces in the sample, pixels: those of the prior boxes",
         .list = true},
        magnify,
        {"expand_max", 2, 1, 16, "maximum side of the square, as a factor of the longer side"},
        size},
       anchor_crop},
  };
}

}  // namespace faceshot::augment
