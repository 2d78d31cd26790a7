#include "synth/face_features.hpp"

#include <algorithm>
#include <cmath>

#include "synth/head_model.hpp"
#include "synth/noise.hpp"

namespace faceshot::synth {
namespace {

using Color = cv::Vec3f;

void mix(Color& color, const Color& with, float share) { color += (with - color) * share; }

float inside(float distance, float step) { return std::clamp(distance / step + 0.5F, 0.0F, 1.0F); }

}  // namespace

FaceFeatures::FaceFeatures(const FaceTraits& traits)
    : t_(traits), eye_(eye_middle(traits)), mouth_(mouth_corner(traits)) {}

Color FaceFeatures::surface(float u, float v, float front, float step) const {
  Color color = bare_skin(u, v);
  if (front <= 0) return color;
  add_lines(u, v, color);
  add_beard(u, v, color);
  add_nostrils(u, v, color);
  add_brow(u, v, step, color);
  if (std::abs(v - eye_.y) < 0.25F) add_eye(u, v, u < 0 ? -1.0F : 1.0F, step, color);
  if (v > 0.35F && v < 0.95F && std::abs(u) < 0.45F) add_mouth(u, v, step, color);
  return color;
}

Color FaceFeatures::bare_skin(float u, float v) const {
  const float mottle = value_noise(u * 6, v * 6, t_.grain) - 0.5F;
  const float pore = value_noise(u * 45, v * 45, t_.grain + 1) - 0.5F;
  Color color = t_.skin * (1 + 0.06F * mottle + 0.05F * pore);
  // Cheeks and nose are redder than the rest.
  const float cheek = bell((square(std::abs(u) - 0.42F) + square(v - 0.15F)) / square(0.32F));
  const float nose = bell((square(u) + square(v - 0.22F)) / square(0.2F));
  const float red = 0.07F * cheek + 0.06F * nose;
  color = color.mul(Color(1 - red, 1 - red, 1 + 0.2F * red));
  if (t_.freckles > 0 && std::abs(v) < 0.35F) {
    const float spot = value_noise(u * 30, v * 30, t_.grain + 2);
    if (spot > 0.72F)
      mix(color, t_.skin.mul(Color(0.6F, 0.68F, 0.82F)),
          t_.freckles * std::min(1.0F, (spot - 0.72F) * 8) * 0.6F);
  }
  return color;
}

/// Lines that everybody has and that deepen with age.
void FaceFeatures::add_lines(float u, float v, Color& color) const {
  const float side = std::abs(u);
  // From the nose to the corners of the mouth.
  const float fold_at = 0.17F + (v - 0.26F) * (mouth_.x + 0.07F - 0.17F) / 0.3F;
  const float fold = bell(square((side - fold_at) / 0.035F)) * bell(square((v - 0.42F) / 0.2F));
  float dark = fold * (0.06F + 0.16F * t_.age + 0.1F * std::max(0.0F, t_.smile));
  // Below the eyes.
  dark += bell(square((side - eye_.x + 0.03F) / 0.16F) + square((v - eye_.y - 0.13F) / 0.05F)) *
          (0.06F + 0.14F * t_.age);
  if (t_.age > 0.35F && v < -0.42F) {
    const float wave = v * 46 + 1.5F * value_noise(u * 3, 0, t_.grain + 11);
    dark += (t_.age - 0.35F) * 0.22F * square(std::max(0.0F, std::sin(wave))) *
            bell(square(u / 0.5F)) * bell(square((v + 0.66F) / 0.24F));
  }
  // In the corner of the eye between lid and nose, and around the whole socket.
  dark += 0.16F * bell(square((side - 0.15F) / 0.09F) + square((v - eye_.y) / 0.13F));
  color *= 1 - dark;
}

void FaceFeatures::add_beard(float u, float v, Color& color) const {
  if (t_.beard <= 0 && t_.moustache <= 0) return;
  const float side = std::abs(u);
  const float hair = value_noise(u * 38, v * 14, t_.grain + 12);
  const float ragged = 0.1F * (value_noise(u * 8, v * 8, t_.grain + 13) - 0.5F);
  const Color shade = t_.hair * (0.6F + 0.7F * hair);
  // Up to a line from the moustache to the ears; free around the mouth.
  const float cheek = 0.5F - 0.75F * square(std::max(0.0F, side - 0.22F)) * 2.2F;
  const float low = std::clamp((v - cheek + ragged) * 7, 0.0F, 1.0F);
  const float hole = square(side / (mouth_.x + 0.03F)) + square((v - 0.56F) / 0.14F);
  const float open = std::clamp((hole - 0.9F) * 4, 0.0F, 1.0F);
  mix(color, shade, t_.beard * low * open * (0.5F + 0.5F * hair));
  const float lip = square(side / (mouth_.x + 0.05F)) +
                    square((v - 0.445F - 0.25F * side * side - ragged * 0.3F) / 0.06F);
  mix(color, shade,
      t_.moustache * std::clamp((1.15F - lip) * 3, 0.0F, 1.0F) * (0.55F + 0.45F * hair));
}

void FaceFeatures::add_nostrils(float u, float v, Color& color) const {
  const float size = 0.6F + 0.4F * t_.nose_size;
  const float hole =
      square((std::abs(u) - 0.075F * size) / (0.045F * size)) + square((v - 0.325F) / 0.03F);
  mix(color, t_.skin * 0.22F, 0.85F * bell(hole * 0.6F));
}

void FaceFeatures::add_brow(float u, float v, float step, Color& color) const {
  const float along = (std::abs(u) - eye_.x + 0.03F) / 0.21F;  // -1 at the nose to 1 outside
  if (std::abs(along) > 1.15F || v < -0.7F || v > -0.2F) return;
  const float arch = eye_.y - 0.2F - 0.035F * (1 - square(along - 0.3F)) + 0.012F * along;
  const float thick = 0.042F * (1 - 0.55F * std::max(0.0F, along)) *
                      std::sqrt(std::max(0.0F, 1.15F - std::abs(along)) / 1.15F);
  const float hair = value_noise(u * 50 + v * 20, v * 22, t_.grain + 14);
  const float soft = std::max(step, 0.025F);
  mix(color, t_.hair * 0.75F,
      t_.brows * (0.6F + 0.5F * hair) * inside(thick - std::abs(v - arch), soft) * 0.9F);
}

void FaceFeatures::add_eye(float u, float v, float side, float step, Color& color) const {
  const float size = t_.eye_size;
  const float half = 0.155F * size;
  const float x = (side * u - eye_.x) / half;  // -1 at the nose to 1 outside
  const float y = v - eye_.y;
  const float across = std::max(0.0F, 1 - x * x);
  const float tilt = -0.012F * x;
  // The lids meet in the corners; the line of a shut eye is at the lower lid.
  const float lower = 0.045F * size * across + tilt;
  const float open = t_.eyes_open;
  const float upper =
      lower - open * (0.045F + 0.07F * (1 - 0.25F * x)) * size * std::pow(across, 0.75F);
  const float soft = std::max(step, 0.012F);
  const float within = std::min(y - upper, lower - y);
  const float in_width = inside(half * (1 - std::abs(x)), soft);
  if (std::abs(x) < 1.1F && within > -soft && open > 0.02F) {
    Color ball{218, 222, 226};
    ball *= 0.72F + 0.28F * std::clamp((y - upper) / 0.05F, 0.0F, 1.0F);  // the shadow of the lid
    ball *= 0.8F + 0.2F * across;
    const float ix = u - side * eye_.x - 0.07F * t_.gaze_x;
    const float iy = y + 0.01F - 0.035F * t_.gaze_y;
    const float r = std::sqrt(ix * ix + iy * iy);
    const float iris = 0.07F * (0.5F + 0.5F * size);
    Color ring = t_.iris * (0.75F + 0.6F * std::clamp(r / iris, 0.0F, 1.0F));
    mix(ring, t_.iris * 0.35F, inside(r - iris * 0.82F, soft));
    mix(ring, Color(12, 12, 14), inside(iris * 0.45F - r, soft));
    mix(ball, ring, inside(iris - r, soft));
    const cv::Point2f spark(-0.025F + 0.02F * t_.light[0] * 2, -0.025F);
    mix(ball, Color(255, 255, 255),
        0.85F * inside(0.017F - std::sqrt(square(ix - spark.x) + square(iy - spark.y)), soft));
    mix(color, ball, inside(within, soft) * in_width);
  }
  if (std::abs(x) < 1.15F) {
    // Lashes along the upper lid, the crease above it, a fine line below.
    const Color lash = t_.skin * 0.12F + t_.hair * 0.1F;
    const float reach = inside(half * (1.1F - std::abs(x)), 0.04F);
    const float lid = open < 0.3F ? lower : upper;
    mix(color, lash, 0.85F * reach * bell(square((y - lid) / std::max(0.022F, step))));
    mix(color, t_.skin * 0.5F,
        0.5F * reach * bell(square((y - upper + 0.05F + 0.01F * across) / std::max(0.02F, step))));
    mix(color, t_.skin * 0.5F,
        0.35F * reach * bell(square((y - lower - 0.006F) / std::max(0.016F, step))));
  }
}

void FaceFeatures::add_mouth(float u, float v, float step, Color& color) const {
  const float x = u / mouth_.x;
  const float across = 1 - x * x;
  if (across <= 0) return;
  // The line between the lips curves with the smile; a gap opens below it.
  const float bend = mouth_.y + 0.12F * std::max(-0.4F, t_.smile) * across;
  const float gap = t_.mouth_open * 0.26F * std::pow(across, 0.7F);
  const float cupid = 1 - 0.2F * bell(square(u / 0.06F));
  const float upper = bend - 0.2F * gap - 0.075F * t_.lip_size * std::pow(across, 0.8F) * cupid;
  const float gap_top = bend - 0.2F * gap;
  const float gap_low = bend + 0.8F * gap;
  const float lower = gap_low + 0.095F * t_.lip_size * std::pow(across, 0.8F);
  const float soft = std::max(step, 0.014F);
  const float furrow = value_noise(u * 60, v * 6, t_.grain + 15) - 0.5F;
  Color lip = t_.lips * (0.95F + 0.12F * furrow);
  if (v < gap_top) lip *= 0.86F;  // it faces down
  mix(color, lip, inside(std::min(v - upper, lower - v), std::max(soft, 0.02F)));
  if (gap > 0.01F) {
    Color inner{26, 24, 52};
    const float teeth = gap_top + std::min(0.075F, 0.6F * gap);
    const float tooth = 0.9F + 0.1F * std::abs(std::sin(u * 42));
    mix(inner, Color(205, 220, 226) * tooth * (0.6F + 0.4F * across),
        inside(teeth - v, soft) * inside(0.8F - std::abs(x), 0.1F));
    if (t_.mouth_open > 0.5F)
      mix(inner, Color(70, 65, 130),
          bell(square(u / 0.16F) + square((v - gap_low + 0.01F) / 0.08F)));
    mix(color, inner, inside(std::min(v - gap_top, gap_low - v), soft));
  } else {
    mix(color, t_.lips * 0.32F, 0.9F * bell(square((v - bend) / std::max(0.022F, step))));
  }
}

Tint FaceFeatures::mask(float u, float v, float step) const {
  const float side = std::abs(u);
  const float bridge = t_.mask == Mask::worn ? 0.05F : 0.44F;
  const float top = bridge + 0.35F * square(side), bottom = 1.02F - 0.4F * square(side);
  const float cloth = inside(std::min({v - top, bottom - v, 0.64F - side}), step);
  if (cloth > 0.02F) {
    const float pleat = 0.07F * std::sin(v * 34);
    const float fold = 0.12F * (value_noise(u * 4, v * 6, t_.grain + 14) - 0.5F);
    return {t_.mask_color * (0.95F + pleat + fold), cloth};
  }
  // Loops from its corners to the ears.
  const float loop = std::min(std::abs(v - top + 0.9F * (side - 0.62F)),
                              std::abs(v - bottom + 1.2F * (side - 0.62F)));
  return {t_.mask_color * 0.9F, side > 0.6F ? inside(0.02F - loop, step) : 0.0F};
}

Tint FaceFeatures::glasses(float u, float v, float step) const {
  const bool sun = t_.glasses == Glasses::sun;
  const float side = std::abs(u) - eye_.x;
  const float y = v - eye_.y - 0.03F;
  // Rounded rectangles, drawn as a superellipse (degree 4).
  const float half_x = 0.25F, half_y = sun ? 0.19F : 0.17F;
  const float r = std::pow(square(square(side / half_x)) + square(square(y / half_y)), 0.25F);
  const float from_edge = (1 - r) * 0.2F;
  const float width = 0.02F + 0.012F * static_cast<float>(t_.grain % 3);
  const Color frame = t_.grain % 5 == 0 ? t_.headwear * 0.5F : Color(28, 28, 32);
  const float rim = inside(width * 0.5F - std::abs(from_edge), step);
  const float bridge = std::abs(u) < 0.1F ? inside(0.018F - std::abs(y + 0.06F), step) : 0.0F;
  const float temple =
      std::abs(u) > eye_.x + half_x - 0.01F ? inside(0.018F - std::abs(y + 0.07F), step) : 0.0F;
  const float line = std::max({rim, bridge, temple});
  if (line > 0.02F) return {frame, line};
  if (from_edge < 0) return {};
  const float sky = bell(square((y + 0.1F) / 0.14F));
  if (sun) return {Color(30, 26, 24) + Color(75, 60, 50) * sky, 0.93F};
  return {Color(235, 230, 225), 0.05F + 0.14F * bell(square((side + y * 1.5F + 0.03F) / 0.05F))};
}

}  // namespace faceshot::synth
