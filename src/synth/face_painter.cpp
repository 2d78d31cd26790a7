#include "synth/face_painter.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "faceshot/error.hpp"
#include "synth/face_features.hpp"
#include "synth/head_model.hpp"
#include "synth/noise.hpp"

namespace faceshot::synth {
namespace {

using Color = cv::Vec3f;

/// Faces are drawn with at least this many pixels per unit.
constexpr float least_resolution = 40;

/// Colour and coverage of a pixel to which layers are added, from back to front.
struct Pixel {
  Color color{0, 0, 0};  ///< premultiplied
  float alpha = 0;

  void cover(const Color& with, float share) {
    color = color * (1 - share) + with * share;
    alpha += (1 - alpha) * share;
  }
};

class Painter {
 public:
  Painter(const FaceTraits& traits, const HeadModel& head, float step)
      : t_(traits), head_(head), features_(traits), step_(step) {
    for (const float side : {-1.0F, 1.0F}) {
      Ear ear{head.ear(side, ear_depth_[side > 0]), 0.05F + 0.09F * std::abs(std::sin(t_.yaw))};
      ears_[side > 0] = ear;
    }
    const float length = std::sqrt(t_.light.dot(t_.light));
    light_ = t_.light * (1 / std::max(length, 1e-3F));
    half_ = (light_ + Color(0, 0, 1)) *
            (1 / std::sqrt((light_ + Color(0, 0, 1)).dot(light_ + Color(0, 0, 1)) + 1e-6F));
    // The neck does not turn with the head.
    chin_ = head.to_picture({0, 1});
    throat_ = head.to_picture({0, 0.55F});
  }

  /// Computes the surface at every pixel first, since relief is shaded by the slope between
  /// neighbours.
  void paint(cv::Point2f corner, float pixel, cv::Mat& bgra, cv::Mat& face) {
    const int columns = bgra.cols;
    std::vector<SurfacePoint> above(static_cast<std::size_t>(columns) + 1), here = above;
    for (int y = -1; y < bgra.rows; ++y) {
      std::swap(above, here);
      for (int x = -1; x < columns; ++x) {
        const cv::Point2f at = corner + pixel * cv::Point2f(static_cast<float>(x) + 0.5F,
                                                            static_cast<float>(y) + 0.5F);
        const auto i = static_cast<std::size_t>(x + 1);
        const cv::Point2f plane = head_.to_plane(at);
        here[i] = plane.y < 1.1F ? head_.look(plane) : SurfacePoint{};
        if (x < 0 || y < 0) continue;
        // Without a neighbour on the head there is no slope.
        const float bump = here[i].bump;
        const float right = here[i - 1].hit ? bump - here[i - 1].bump : 0.0F;
        const float down = above[i].hit ? bump - above[i].bump : 0.0F;
        const cv::Point2f slope(std::clamp(right / step_, -1.5F, 1.5F),
                                std::clamp(down / step_, -1.5F, 1.5F));
        Pixel p;
        if (here[i].edge < step_) behind(at, plane, p);
        if (plane.y < 1.1F) head(plane, here[i], slope, p);
        bgra.at<cv::Vec4b>(y, x) = {cv::saturate_cast<std::uint8_t>(p.color[0]),
                                    cv::saturate_cast<std::uint8_t>(p.color[1]),
                                    cv::saturate_cast<std::uint8_t>(p.color[2]),
                                    cv::saturate_cast<std::uint8_t>(255 * p.alpha)};
        face.at<std::uint8_t>(y, x) = head_.is_face(here[i]) ? 255 : 0;
      }
    }
  }

 private:
  struct Ear {
    cv::Point2f middle;
    float half_width = 0;
  };

  /// Coverage of a pixel at this distance inside an edge, units.
  [[nodiscard]] float inside(float distance) const {
    return std::clamp(distance / step_ + 0.5F, 0.0F, 1.0F);
  }

  /// Light on a surface: diffuse, wrapped around the edge of the shadow most in red, as on skin
  /// (Green, GPU Gems, chapter 16, "wrap lighting"); and ambient.
  [[nodiscard]] Color shade(const Color& color, const cv::Vec3f& normal, float shadow = 1) const {
    const float facing = normal.dot(light_);
    const float k = t_.light_strength;
    const float around = (1 - 0.9F * k) * (0.95F - 0.15F * normal[1]);
    Color lit;
    constexpr float wrap[3] = {0.12F, 0.18F, 0.32F};
    for (int i = 0; i < 3; ++i)
      lit[i] = around + 1.15F * k * shadow * std::max(0.0F, facing + wrap[i]) / (1 + wrap[i]);
    return color.mul(lit);
  }

  /// Long hair, neck and clothes.
  void behind(cv::Point2f at, cv::Point2f plane, Pixel& p) const {
    if (t_.hair_style == HairStyle::long_cut || t_.hair_style == HairStyle::medium) {
      const float end = t_.hair_style == HairStyle::medium ? 0.8F : 1.75F;
      const float wide = t_.half_width + t_.hair_volume +
                         0.1F * std::max(0.0F, std::min(plane.y, end)) +
                         0.05F * (value_noise(plane.y * 3, 0, t_.grain) - 0.5F);
      const float side = wide - std::abs(plane.x);
      const float low = end + 0.15F * (value_noise(plane.x * 9, 1, t_.grain) - 0.5F) - plane.y;
      if (plane.y > -0.5F && side > -0.1F && low > -0.2F)
        p.cover(hair_color(plane, {plane.x, -0.2F, 0.5F}, 0.7F),
                inside(std::min(side, 0.6F * low)));
    }
    const float unit = 1 / head_.pixels_per_unit();
    const cv::Point2f below = (at - throat_) * unit;
    const float down = (at.y - chin_.y) * unit;
    if (below.y < -0.3F || down > t_.body_length) return;
    const float neck = 0.48F + 0.3F * std::clamp(below.y - 0.75F, 0.0F, 0.5F) - std::abs(below.x);
    if (neck > -0.05F) {
      // The head casts a shadow on the throat.
      const float shadow = std::clamp(0.25F + 0.8F * (down - 0.05F), 0.3F, 0.9F);
      const cv::Vec3f round(below.x / 0.55F, 0.15F,
                            std::sqrt(std::max(0.05F, 1 - below.x * below.x / 0.3F)));
      const bool scarf = t_.hair_style == HairStyle::scarf;
      p.cover(shade(scarf ? t_.headwear : t_.skin, round, shadow) * (0.6F + 0.4F * shadow),
              inside(neck));
    }
    // Shoulders: they fall from the neck, round off, and go down as arms.
    const float x = std::abs(below.x);
    const float slope = 0.78F + 0.28F * x + 0.9F * std::max(0.0F, x - 1.25F) * (x - 1.25F) * 2;
    const float collar = x < 0.62F ? 0.35F * (0.62F - x) : 0.0F;
    const float top = below.y - slope - collar;
    const float edge = std::min({top, 1.85F - x, t_.body_length - down});
    if (edge > -0.05F) {
      const float fold = value_noise(below.x * 2.5F, below.y * 1.2F, t_.grain + 7);
      const float thread = value_noise(below.x * 40, below.y * 40, t_.grain + 8);
      const cv::Vec3f normal(below.x / 2.4F, -0.25F + 0.1F * below.y, 0.8F);
      p.cover(shade(t_.cloth * (0.78F + 0.35F * fold + 0.1F * thread), normal), inside(edge));
    }
  }

  void head(cv::Point2f plane, const SurfacePoint& s, cv::Point2f slope, Pixel& p) const {
    const bool covered = t_.hair_style == HairStyle::long_cut ||
                         t_.hair_style == HairStyle::scarf || t_.hair_style == HairStyle::medium;
    if (!covered)
      for (const int side : {0, 1})
        if (ear_depth_[side] <= 0.25F) ear(plane, ears_[side], p);
    const float edge = inside(s.edge);
    if (edge > 0 && s.hit) p.cover(skin(plane, s, slope), edge);
    if (!covered)
      for (const int side : {0, 1})
        if (ear_depth_[side] > 0.25F) ear(plane, ears_[side], p);
    hair(plane, s, p);
    if (t_.mask != Mask::none && s.hit && s.front > 0) {
      const Tint tint = features_.mask(s.u, s.v, step_);
      p.cover(shade(tint.color, s.normal), tint.share * edge);
    }
    if (t_.glasses != Glasses::none && s.hit && s.front > 0) {
      const Tint tint = features_.glasses(s.u, s.v, step_);
      p.cover(tint.color, tint.share * edge);
    }
  }

  void ear(cv::Point2f plane, const Ear& ear, Pixel& p) const {
    const float x = (plane.x - ear.middle.x) / (ear.half_width + 0.02F);
    const float y = (plane.y - ear.middle.y) / 0.25F;
    const float r = std::sqrt(x * x + y * y);
    if (r > 1.3F) return;
    const float rim = 0.75F + 0.3F * bell((r - 0.8F) * (r - 0.8F) / 0.12F);
    p.cover(shade(t_.skin * rim, {0.5F * x, 0.2F * y, 0.8F}, 0.8F),
            inside((1 - r) * (ear.half_width + 0.02F)));
  }

  [[nodiscard]] Color skin(cv::Point2f plane, const SurfacePoint& s, cv::Point2f slope) const {
    Color color = features_.surface(s.u, s.v, s.front, step_);
    cv::Vec3f normal = s.normal;
    normal[0] -= 0.75F * slope.x;
    normal[1] -= 0.75F * slope.y;
    normal *= 1 / std::sqrt(normal.dot(normal));
    const float lit = nose_shadow(s);
    Color shaded = shade(color, normal, lit);
    // Skin is shiny where it mirrors the lamp, less so on strong relief.
    const float mirror = std::max(0.0F, normal.dot(half_));
    const float m4 = square(square(mirror));
    const float shine = square(square(m4)) * 28 * t_.light_strength * lit;
    shaded += Color(shine, shine, shine);
    // Little light reaches the skin under hair and the underside of the jaw.
    const float hair = t_.hair_style == HairStyle::bald
                           ? 1.0F
                           : std::clamp(0.72F + 1.6F * (s.v - head_.hair_line(s.u)), 0.72F, 1.0F);
    const float jaw = std::clamp(1.0F - 1.3F * (plane.y - 0.8F), 0.75F, 1.0F);
    return shaded * hair * jaw;
  }

  /// The nose casts a shadow.
  [[nodiscard]] float nose_shadow(const SurfacePoint& s) const {
    if (s.front < 0.2F) return 1;
    const float reach = 0.2F * t_.nose_size;
    const float x = (s.u + light_[0] * reach) / (0.12F + 0.1F * std::abs(light_[0]));
    const float y = (s.v - 0.3F + light_[1] * reach * 0.8F) / 0.14F;
    const float on_nose = bell(s.u * s.u / 0.02F);
    return 1 - 0.55F * bell(x * x + y * y) * (1 - 0.7F * on_nose * (s.v < 0.28F ? 1.0F : 0.0F));
  }

  [[nodiscard]] Color hair_color(cv::Point2f plane, const cv::Vec3f& normal, float lit) const {
    const bool curls = t_.hair_style == HairStyle::curly;
    const float along = curls ? 9.0F : 2.0F;
    const float strand =
        value_noise(plane.x * (curls ? 9.0F : 22.0F) + 3 * plane.y, plane.y * along, t_.grain + 3);
    const float lock = value_noise(plane.x * 5, plane.y * 1.5F, t_.grain + 4);
    const float gloss = bell((normal[1] + 0.55F) * (normal[1] + 0.55F) / 0.12F) *
                        (curls ? 6.0F : 22.0F) * t_.light_strength;
    return shade(t_.hair * (0.55F + 0.5F * strand + 0.35F * lock), normal, lit) +
           Color::all(gloss * strand);
  }

  void hair(cv::Point2f plane, const SurfacePoint& on_head, Pixel& p) const {
    const bool scarf = t_.hair_style == HairStyle::scarf;
    if (t_.hair_style == HairStyle::bald && !t_.hat) return;
    const bool curls = t_.hair_style == HairStyle::curly;
    float volume = scarf || t_.hat ? 0.1F : t_.hair_volume;
    if (curls && !t_.hat)
      volume *= 0.75F + 0.5F * value_noise(plane.x * 5, plane.y * 5, t_.grain + 5);
    const SurfacePoint shell = head_.look(plane, volume);
    if (!shell.hit) return;
    const float ragged =
        scarf ? 0.0F : 0.07F * (value_noise(plane.x * 16, plane.y * 4, t_.grain + 6) - 0.5F);
    // Height of this point above the edge of the hair: over the brow, or behind the cheek.
    const SurfacePoint& s = on_head.hit ? on_head : shell;
    float length = 0.1F;
    if (t_.hair_style == HairStyle::medium) length = 0.75F;
    if (t_.hair_style == HairStyle::long_cut || scarf) length = 2;
    if (curls) length = 0.35F;
    const float sideways = 0.3F * std::abs(s.u) * t_.fringe;
    const float above = head_.hair_line(s.u) + t_.fringe + sideways + ragged - s.v;
    const float back = 0.16F + ragged - s.front;
    // It frames the cheeks, and leaves the jaw free.
    const float cheek = 0.2F + 2 * std::max(0.0F, std::abs(s.u) - 0.45F) +
                        12 * std::max(0.0F, -s.front) * std::max(0.0F, std::abs(s.u) - 0.35F);
    const float low = std::min(length, cheek) + 2 * ragged - s.v;
    // Beside the head it hangs all around, but not below its length.
    const float beside = on_head.hit ? -1.0F : std::min(std::min(length, 0.5F) - plane.y, 0.5F);
    float cover = std::max({above, std::min(back, low), beside});
    if (scarf) cover = std::max({above + 0.1F, 0.3F - s.front, on_head.hit ? -1.0F : 0.5F});
    const float outline = shell.edge + (curls ? 0.0F : ragged * 0.5F);
    const cv::Vec3f& normal = shell.normal;
    if (t_.hair_style != HairStyle::bald || scarf) {
      const float share = inside(outline) * inside(cover * 0.8F);
      if (share > 0)
        p.cover(scarf ? cloth(t_.headwear, plane, normal, 1.5F) : hair_color(plane, normal, 1),
                share);
    }
    if (!t_.hat) return;
    const float brim = -0.86F + 0.12F * s.u * s.u;
    const float share = inside(shell.edge) * inside(brim - s.v);
    if (share <= 0) return;
    const bool band = s.v > brim - 0.24F;
    p.cover(cloth(t_.headwear * (band ? 0.82F : 1.0F), {s.u, s.v}, normal, band ? 30.0F : 14.0F),
            share);
  }

  [[nodiscard]] Color cloth(const Color& color, cv::Point2f at, const cv::Vec3f& normal,
                            float ribs) const {
    const float fold = value_noise(at.x * ribs, at.y * 2, t_.grain + 9);
    return shade(color * (0.8F + 0.3F * fold), normal);
  }

  const FaceTraits& t_;
  const HeadModel& head_;
  FaceFeatures features_;
  float step_;  ///< size of a pixel, units
  Ear ears_[2];
  float ear_depth_[2] = {0, 0};
  cv::Vec3f light_, half_;
  cv::Point2f chin_, throat_;
};

/// Everything that may be drawn on, whatever the hair.
cv::Rect2f reach(const FaceTraits& t, const HeadModel& head) {
  const float unit = head.pixels_per_unit();
  const cv::Point2f middle = head.to_picture({0, -0.25F});
  const float around = 1.16F + std::max(0.12F, t.hair_volume * 1.3F) + 0.05F;
  const cv::Point2f chin = head.to_picture({0, 1});
  const float sideways = 2.05F;
  const cv::Point2f throat = head.to_picture({0, 0.55F});
  const float left = std::min(middle.x - around * unit, throat.x - sideways * unit);
  const float right = std::max(middle.x + around * unit, throat.x + sideways * unit);
  const float top = middle.y - around * unit;
  const float bottom = chin.y + std::max(t.body_length + 0.1F, 1.0F) * unit;
  return {left, top, right - left, bottom - top};
}

}  // namespace

FaceLayer paint_face(const FaceTraits& traits, cv::Point2f center, float height, cv::Size picture) {
  if (!(height >= 1))
    throw Error(ErrorCode::invalid_argument,
                "a face of height " + std::to_string(height) + " px cannot be drawn");
  const HeadModel head(traits, center, height);
  FaceLayer layer;
  layer.annotation.box = head.box();
  layer.annotation.landmarks = head.landmarks();
  layer.annotation.expression = traits.mouth_open > 0.6F ? 1 : 0;
  layer.annotation.pose = std::abs(traits.yaw) > 0.6F || std::abs(traits.roll) > 0.5F ? 1 : 0;
  layer.annotation.illumination = traits.light_strength > 0.8F ? 1 : 0;
  const cv::Rect2f all = reach(traits, head);
  layer.place =
      cv::Rect(cv::Point(static_cast<int>(std::floor(all.x)), static_cast<int>(std::floor(all.y))),
               cv::Point(static_cast<int>(std::ceil(all.x + all.width)),
                         static_cast<int>(std::ceil(all.y + all.height)))) &
      cv::Rect(cv::Point(), picture);
  if (layer.place.empty()) return layer;
  const int finer =
      std::max(1, static_cast<int>(std::ceil(least_resolution / head.pixels_per_unit())));
  cv::Mat pixels(layer.place.size() * finer, CV_8UC4);
  cv::Mat face(pixels.size(), CV_8UC1);
  const float pixel = 1.0F / static_cast<float>(finer);
  Painter(traits, head, pixel / head.pixels_per_unit())
      .paint(cv::Point2f(layer.place.tl()), pixel, pixels, face);
  if (finer == 1) {
    layer.pixels = pixels;
    layer.face = face;
  } else {
    cv::resize(pixels, layer.pixels, layer.place.size(), 0, 0, cv::INTER_AREA);
    cv::resize(face, layer.face, layer.place.size(), 0, 0, cv::INTER_AREA);
  }
  return layer;
}

void blend(const FaceLayer& layer, cv::Mat& image) {
  for (int y = 0; y < layer.place.height; ++y) {
    const auto* from = layer.pixels.ptr<cv::Vec4b>(y);
    auto* to = image.ptr<cv::Vec3b>(layer.place.y + y) + layer.place.x;
    for (int x = 0; x < layer.place.width; ++x) {
      const int left = 255 - from[x][3];
      if (left == 255) continue;
      for (int c = 0; c < 3; ++c)
        to[x][c] = cv::saturate_cast<std::uint8_t>(from[x][c] + (to[x][c] * left + 127) / 255);
    }
  }
}

}  // namespace faceshot::synth
