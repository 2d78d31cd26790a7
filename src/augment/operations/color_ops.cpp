// Linear colour operations: adjacent ones are applied in one pass.
#include "augment/operations/color_matrices.hpp"
#include "augment/operations/families.hpp"
#include "augment/operations/photometric.hpp"
#include "augment/pixels/canvas.hpp"

namespace faceshot::augment {
namespace {

void brightness(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  ColorChange change;
  change.brightness = step.draw("by", random);
  canvas.recolor(color_matrix(change));
}

void contrast(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  ColorChange change;
  change.contrast = step.draw("factor", random);
  canvas.recolor(color_matrix(change));
}

void saturation(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  ColorChange change;
  change.saturation = step.draw("factor", random);
  canvas.recolor(color_matrix(change));
}

void hue(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  ColorChange change;
  change.hue = step.draw("degrees", random);
  canvas.recolor(color_matrix(change));
}

void grey(const Step&, Canvas& canvas, base::Random&, const AugmentContext&) {
  ColorChange change;
  change.saturation = 0;
  canvas.recolor(color_matrix(change));
}

void sepia(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  canvas.recolor(sepia_matrix(step.draw("strength", random)));
}

void white_balance(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  const float warmth = step.draw("warmth", random);
  canvas.recolor(white_balance_matrix(warmth, step.draw("tint", random)));
}

void channel_shift(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  const float blue = step.draw("by", random);
  const float green = step.draw("by", random);
  canvas.recolor(channel_shift_matrix(blue, green, step.draw("by", random)));
}

void channel_swap(const Step&, Canvas& canvas, base::Random& random, const AugmentContext&) {
  canvas.recolor(channel_swap_matrix(static_cast<int>(random.below(6))));
}

/// SSD's distortion (Liu et al., after Howard 2013): each part with its own probability.
void photometric(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext&) {
  const float chance = step.draw("each", random);
  ColorChange change;
  bool any = false;
  const auto maybe = [&](float& value, const char* name) {
    if (!random.chance(chance)) return;
    value = step.draw(name, random);
    any = true;
  };
  maybe(change.brightness, "brightness");
  maybe(change.contrast, "contrast");
  maybe(change.saturation, "saturation");
  maybe(change.hue, "hue");
  if (any) canvas.recolor(color_matrix(change));
}

ParameterInfo shift(std::string_view name, float reach, float limit, std::string_view meaning) {
  return {.name = name,
          .initial = {-reach, reach},
          .low = -limit,
          .high = limit,
          .meaning = meaning,
          .neutral = 0,
          .plus_minus = true};
}

}  // namespace

std::vector<OperationInfo> color_operations() {
  const char* const family = "linear colour";
  const char* const levels = "grey levels added, of 255";
  return {
      {"brightness",
       family,
       "makes the picture lighter or darker",
       {shift("by", 48, 255, levels)},
       brightness},
      {"contrast",
       family,
       "changes contrast about mid-grey",
       {{"factor", {0.5F, 1.5F}, 0, 10, "factor", 1}},
       contrast},
      {"saturation",
       family,
       "changes saturation; brightness stays the same",
       {{"factor", {0.3F, 1.7F}, 0, 10, "factor", 1}},
       saturation},
      {"hue",
       family,
       "rotates hue; brightness stays the same",
       {shift("degrees", 18, 180, "degrees on the colour wheel")},
       hue},
      {"grey", family, "converts to greyscale", {}, grey},
      {"sepia",
       family,
       "sepia toning",
       {{"strength", {0.3F, 1}, 0, 1, "1: fully toned", 0}},
       sepia},
      {"white_balance",
       family,
       "changes the colour of the light; greys keep their brightness",
       {shift("warmth", 0.5F, 1, "-1 blue, as in shade, to 1 orange, as from a light bulb"),
        shift("tint", 0.2F, 1, "-1 green, as from fluorescent tubes, to 1 magenta")},
       white_balance},
      {"channel_shift",
       family,
       "adds to blue, green and red, drawn separately",
       {shift("by", 24, 255, levels)},
       channel_shift},
      {"channel_swap",
       family,
       "permutes the channels, all orders equally likely",
       {},
       channel_swap},
      {"photometric",
       family,
       "SSD's photometric distortion: brightness, contrast, saturation and hue",
       {{"each", 0.5F, 0, 1, "probability of each of the four"},
        shift("brightness", 32, 255, levels),
        {"contrast", {0.5F, 1.5F}, 0, 10, "factor about mid-grey", 1},
        {"saturation", {0.5F, 1.5F}, 0, 10, "factor", 1},
        shift("hue", 18, 180, "degrees")},
       photometric},
  };
}

}  // namespace faceshot::augment
