#include "synth/face_traits.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace faceshot::synth {
namespace {

using Color = cv::Vec3f;

/// From very light to very dark, in the range of the Monk Skin Tone scale, in ordinary light.
constexpr std::array<std::array<float, 3>, 7> skin_tones{{{206, 221, 247},
                                                          {172, 198, 236},
                                                          {136, 168, 215},
                                                          {99, 132, 185},
                                                          {72, 101, 150},
                                                          {58, 79, 120},
                                                          {46, 59, 88}}};
constexpr std::array<std::array<float, 3>, 6> hair_colors{
    {{18, 18, 22}, {22, 30, 45}, {35, 55, 85}, {60, 95, 135}, {115, 165, 200}, {30, 62, 135}}};

template <std::size_t n>
Color blend(const std::array<std::array<float, 3>, n>& scale, float place) {
  const float at = place * static_cast<float>(n - 1);
  const auto i = std::min(static_cast<std::size_t>(at), n - 2);
  const float t = at - static_cast<float>(i);
  return {std::lerp(scale[i][0], scale[i + 1][0], t), std::lerp(scale[i][1], scale[i + 1][1], t),
          std::lerp(scale[i][2], scale[i + 1][2], t)};
}

Color any_color(base::Random& random) {
  const Color color{random.uniform(10, 245), random.uniform(10, 245), random.uniform(10, 245)};
  const float gray = (color[0] + color[1] + color[2]) / 3;
  return color * 0.55F + Color::all(gray * 0.45F);  // cloth is rarely as bright as a lamp
}

float spread(base::Random& random, float mean, float deviation, float most) {
  return mean + std::clamp(random.normal() * deviation, -most, most);
}

void draw_pose(FaceTraits& t, base::Random& random) {
  t.yaw = random.chance(0.2F) ? random.uniform(0.45F, 0.85F) * (random.chance(0.5F) ? 1.0F : -1.0F)
                              : spread(random, 0, 0.22F, 0.5F);
  t.pitch = spread(random, 0.03F, 0.13F, 0.32F);
  t.roll = random.chance(0.1F) ? random.uniform(-0.7F, 0.7F) : spread(random, 0, 0.12F, 0.35F);
}

void draw_colors(FaceTraits& t, base::Random& random) {
  const float tone = random.uniform();
  t.skin = blend(skin_tones, tone);
  t.skin[0] *= random.uniform(0.92F, 1.08F);
  t.skin[2] *= random.uniform(0.96F, 1.04F);
  t.age = random.uniform() * random.uniform(0.3F, 1.0F);
  // Fair hair occurs with fair skin; older people may be grey.
  const std::uint32_t color = random.below(tone < 0.4F ? 6 : 2);
  const auto& named = hair_colors.at(color);
  t.hair = Color(named[0], named[1], named[2]) * random.uniform(0.8F, 1.25F);
  if (random.chance(t.age * 0.9F))
    t.hair += (Color::all(random.uniform(120, 220)) - t.hair) * random.uniform(0.4F, 1.0F);
  t.iris = tone < 0.4F && random.chance(0.5F) ? Color(130, 115, 85) : Color(25, 40, 65);
  const float made_up = random.chance(0.2F) ? 0.8F : random.uniform(0.2F, 0.45F);
  t.lips = t.skin * (1 - made_up) + t.skin.mul(Color(0.55F, 0.5F, 0.92F)) * made_up;
  if (made_up > 0.5F) t.lips[2] = std::min(220.0F, t.lips[2] * 1.2F + 20);
  t.freckles = tone < 0.35F && random.chance(0.2F) ? random.uniform(0.3F, 1.0F) : 0.0F;
}

void draw_hair(FaceTraits& t, base::Random& random) {
  constexpr std::array<HairStyle, 10> styles{
      HairStyle::bald,     HairStyle::short_cut, HairStyle::short_cut, HairStyle::short_cut,
      HairStyle::medium,   HairStyle::medium,    HairStyle::long_cut,  HairStyle::long_cut,
      HairStyle::long_cut, HairStyle::curly};
  t.hair_style =
      random.chance(0.06F) ? HairStyle::scarf : styles.at(random.below(std::uint32_t{10}));
  t.hair_volume = random.uniform(0.05F, 0.17F);
  if (t.hair_style == HairStyle::curly) t.hair_volume = random.uniform(0.2F, 0.42F);
  const bool falls = t.hair_style == HairStyle::medium || t.hair_style == HairStyle::long_cut;
  t.fringe = falls && random.chance(0.4F) ? random.uniform(0.1F, 0.4F) : random.uniform(0, 0.06F);
  t.brows = random.uniform(0.45F, 1.0F);
  const bool bearded = t.hair_style != HairStyle::scarf && t.hair_style != HairStyle::long_cut;
  if (bearded && random.chance(0.35F)) {
    t.beard = random.uniform(0.15F, 1.0F);
    t.moustache = std::min(1.0F, t.beard * random.uniform(0.7F, 1.2F));
  } else if (bearded && random.chance(0.12F)) {
    t.moustache = random.uniform(0.4F, 1.0F);
  }
}

void draw_expression(FaceTraits& t, base::Random& random) {
  t.eyes_open = random.chance(0.06F) ? 0.0F : spread(random, 0.9F, 0.2F, 0.4F);
  t.gaze_x = spread(random, 0, 0.35F, 0.8F);
  t.gaze_y = spread(random, 0, 0.2F, 0.5F);
  t.smile = random.chance(0.6F) ? random.uniform(0.3F, 1.0F) : random.uniform(-0.2F, 0.3F);
  if (random.chance(0.35F)) t.mouth_open = random.uniform(0.15F, random.chance(0.2F) ? 1.0F : 0.5F);
}

void draw_light(FaceTraits& t, base::Random& random) {
  const float side = random.uniform(-1.2F, 1.2F);
  const float height = random.uniform(-0.1F, 1.1F);
  t.light = {std::sin(side) * std::cos(height), -std::sin(height),
             std::cos(side) * std::cos(height)};
  t.light_strength = random.uniform(0.25F, 0.85F);
}

}  // namespace

FaceTraits draw_traits(base::Random& random) {
  FaceTraits t;
  t.half_width = spread(random, 0.77F, 0.035F, 0.08F);
  t.jaw = spread(random, 0, 0.08F, 0.16F);
  t.eye_distance = spread(random, 0.335F, 0.015F, 0.03F);
  t.eye_size = spread(random, 1, 0.1F, 0.2F);
  t.nose_size = spread(random, 1, 0.15F, 0.3F);
  t.mouth_width = spread(random, 0.29F, 0.025F, 0.05F);
  t.lip_size = spread(random, 1, 0.22F, 0.4F);
  t.grain = random.bits();
  draw_pose(t, random);
  draw_colors(t, random);
  draw_hair(t, random);
  draw_expression(t, random);
  draw_light(t, random);
  if (random.chance(0.25F)) t.glasses = random.chance(0.3F) ? Glasses::sun : Glasses::clear;
  t.hat = t.hair_style != HairStyle::scarf && random.chance(0.12F);
  t.cloth = any_color(random);
  t.headwear = any_color(random);
  t.body_length = random.uniform(1.5F, 4.5F);
  return t;
}

void draw_mask(float probability, FaceTraits& t, base::Random& random) {
  if (!random.chance(probability)) return;
  t.mask = random.chance(1 / 6.0F) ? Mask::under_nose : Mask::worn;
  constexpr std::array<std::array<float, 3>, 3> usual{
      {{215, 195, 145}, {238, 238, 238}, {42, 40, 38}}};
  const std::uint32_t kind = random.below(4);
  if (kind < usual.size())
    t.mask_color = Color(usual.at(kind)[0], usual.at(kind)[1], usual.at(kind)[2]) *
                   random.uniform(0.85F, 1.05F);
  else
    t.mask_color = any_color(random);
}

}  // namespace faceshot::synth
