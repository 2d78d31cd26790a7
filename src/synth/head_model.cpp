#include "synth/head_model.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

namespace faceshot::synth {
namespace {

constexpr float middle = -0.16F;      ///< v of the ellipsoid's centre: the crown is above the face
constexpr float half_height = 1.16F;  ///< of the ellipsoid, which ends at the chin
constexpr float half_depth = 0.95F;   ///< used for light only
constexpr float ear_plane = 0.1F;     ///< points further back on the unit sphere are not a face
constexpr float nose_tip_v = 0.24F;

cv::Matx33f rotation(float yaw, float pitch) noexcept {
  const float cy = std::cos(yaw), sy = std::sin(yaw);
  const float cp = std::cos(pitch), sp = std::sin(pitch);
  const cv::Matx33f about_y(cy, 0, sy, 0, 1, 0, -sy, 0, cy);
  const cv::Matx33f about_x(1, 0, 0, 0, cp, sp, 0, -sp, cp);
  return about_x * about_y;
}

struct Extent {
  float x1 = std::numeric_limits<float>::max(), y1 = x1, x2 = -x1, y2 = -x1;
  void add(cv::Point2f p) {
    x1 = std::min(x1, p.x);
    y1 = std::min(y1, p.y);
    x2 = std::max(x2, p.x);
    y2 = std::max(y2, p.y);
  }
};

}  // namespace

cv::Point2f mouth_corner(const FaceTraits& t) noexcept {
  return {t.mouth_width * (1 + 0.12F * t.smile - 0.12F * t.mouth_open), 0.55F - 0.05F * t.smile};
}

cv::Point2f eye_middle(const FaceTraits& t) noexcept { return {t.eye_distance, -0.16F}; }

HeadModel::HeadModel(const FaceTraits& traits, cv::Point2f center, float height)
    : traits_(traits),
      turn_(rotation(traits.yaw, traits.pitch)),
      cos_roll_(std::cos(traits.roll)),
      sin_roll_(std::sin(traits.roll)) {
  const Box unit = plane_box();
  assert(height > 0);
  scale_ = height / unit.height();
  origin_ = {center.x - scale_ * unit.center_x(), center.y - scale_ * unit.center_y()};
  const float half_width = 0.5F * scale_ * unit.width();
  box_ = {center.x - half_width, center.y - 0.5F * height, center.x + half_width,
          center.y + 0.5F * height};
}

cv::Point2f HeadModel::to_plane(cv::Point2f pixel) const noexcept {
  const cv::Point2f d = (pixel - origin_) * (1 / scale_);
  return {cos_roll_ * d.x + sin_roll_ * d.y, cos_roll_ * d.y - sin_roll_ * d.x};
}

cv::Point2f HeadModel::to_picture(cv::Point2f p) const noexcept {
  return origin_ + cv::Point2f(scale_ * (cos_roll_ * p.x - sin_roll_ * p.y),
                               scale_ * (sin_roll_ * p.x + cos_roll_ * p.y));
}

float HeadModel::width_at(float y) const noexcept {
  const float low = std::clamp((y - 0.05F) / 0.7F, 0.0F, 1.0F);
  const float high = std::clamp((-0.4F - y) / 0.8F, 0.0F, 1.0F);
  const float crown = 0.13F * high * high * (3 - 2 * high);  // skulls are rounder than eggs
  return traits_.half_width * (1 + crown + traits_.jaw * low * low * (3 - 2 * low));
}

float HeadModel::nose(float u, float v) const noexcept {
  const float along = std::clamp((v + 0.3F) / (nose_tip_v + 0.3F), 0.0F, 1.0F);
  const float half = (0.1F + 0.07F * along) * (0.5F + 0.5F * traits_.nose_size);
  const float below = v > nose_tip_v ? bell(square((v - nose_tip_v) / 0.15F)) : 1.0F;
  const float above = v < -0.1F ? bell(square((v + 0.1F) / 0.25F)) : 1.0F;
  const float ridge = (0.05F + 0.14F * along * along) * below * above * bell(square(u / half));
  const float wing =
      0.055F * bell((square(std::abs(u) - 0.115F) + square(v - 0.275F)) / square(0.085F));
  return traits_.nose_size * (ridge + wing);
}

float HeadModel::relief(float u, float v) const noexcept {
  const cv::Point2f eye = eye_middle(traits_);
  const float side = std::abs(u) - eye.x;
  float h = -0.05F * bell(square(side / 0.27F) + square((v - eye.y + 0.03F) / 0.17F));
  h += 0.03F * bell(square(side / 0.17F) + square((v - eye.y) / 0.1F));
  h += 0.03F * bell(square((std::abs(u) - 0.3F) / 0.4F) + square((v - eye.y + 0.24F) / 0.14F));
  h += 0.05F * bell((square(std::abs(u) - 0.42F) + square(v - 0.16F)) / square(0.3F)) *
       (0.6F + 0.6F * std::max(0.0F, traits_.smile));
  h += 0.06F * bell(square(u / 0.26F) + square((v - 0.85F) / 0.17F));
  h += 0.05F * traits_.lip_size * bell(square(u / 0.32F) + square((v - 0.56F) / 0.19F));
  h -= 0.02F * bell(square(u / 0.07F) + square((v - 0.42F) / 0.09F));  // philtrum
  return h;
}

SurfacePoint HeadModel::look(cv::Point2f plane, float inflate) const noexcept {
  SurfacePoint s;
  const float a = width_at(plane.y) + inflate;
  const float b = half_height + inflate;
  const float x = plane.x / a;
  const float y = (plane.y - middle) / b;
  const float radius = std::sqrt(x * x + y * y);
  s.edge = (1 - radius) * (a + (b - a) * y * y);
  if (radius >= 1) return s;
  s.hit = true;
  const float z = std::sqrt(1 - radius * radius);
  // Intersects the ray with a surface that deviates from the ellipsoid by the nose, in a few steps.
  cv::Vec3f own = turn_.t() * cv::Vec3f(x, y, z);
  float stands_off = 0;
  for (int step = 0; step < 3 && inflate == 0; ++step) {
    const float u = traits_.half_width * own[0];
    const float v = middle + half_height * own[1];
    if (own[2] < 0.3F || std::abs(u) > 0.5F || v < -0.5F || v > 0.7F) break;
    stands_off = nose(u, v);
    const float grown = 1 + stands_off;
    const float gx = x / grown, gy = y / grown;
    own = turn_.t() * cv::Vec3f(gx, gy, std::sqrt(std::max(0.0F, 1 - gx * gx - gy * gy)));
  }
  s.u = traits_.half_width * own[0];
  s.v = middle + half_height * own[1];
  s.front = own[2];
  if (inflate == 0 && own[2] > 0) s.bump = relief(s.u, s.v) + stands_off;
  s.normal = cv::Vec3f(x / a, y / b, z / half_depth);
  s.normal *= 1 / std::sqrt(s.normal.dot(s.normal));
  return s;
}

cv::Point2f HeadModel::to_plane_from_sphere(const cv::Vec3f& p) const noexcept {
  const float y = middle + half_height * p[1];
  return {p[0] * width_at(y), y};
}

cv::Point2f HeadModel::place(float u, float v) const noexcept {
  const float x = u / traits_.half_width;
  const float y = (v - middle) / half_height;
  const float z = std::sqrt(std::max(0.0F, 1 - x * x - y * y));
  return to_plane_from_sphere(turn_ * cv::Vec3f(x, y, z) * (1 + nose(u, v)));
}

cv::Point2f HeadModel::ear(float side, float& depth) const noexcept {
  const cv::Vec3f p = turn_ * cv::Vec3f(side, 0.15F, -0.08F);
  depth = p[2];
  return to_plane_from_sphere(p);
}

float HeadModel::hair_line(float u) const noexcept {
  const float side = square(u / traits_.half_width);
  return -1 + 0.1F * side + 0.45F * side * side * side * side;
}

bool HeadModel::is_face(const SurfacePoint& point) const noexcept {
  return point.hit && point.front > ear_plane && point.v > hair_line(point.u);
}

Landmarks HeadModel::landmarks() const noexcept {
  const cv::Point2f eye = eye_middle(traits_);
  const cv::Point2f mouth = mouth_corner(traits_);
  const cv::Point2f named[5] = {
      {-eye.x, eye.y}, {eye.x, eye.y}, {0, nose_tip_v}, {-mouth.x, mouth.y}, {mouth.x, mouth.y}};
  Landmarks points;
  for (std::size_t i = 0; i < 5; ++i) {
    const cv::Point2f p = to_picture(place(named[i].x, named[i].y));
    points[i] = {p.x, p.y};
  }
  return points;
}

/// The face's outline is made of three curves: the head's own outline, the circle in front of the
/// ears, and the hair line.
Box HeadModel::plane_box() const {
  constexpr int steps = 720;
  Extent extent;
  const auto add = [&](const cv::Vec3f& p) {
    extent.add(to_picture(to_plane_from_sphere(p)));  // origin 0, scale 1: turned by the roll only
  };
  const float ear_radius = std::sqrt(1 - ear_plane * ear_plane);
  for (int i = 0; i < steps; ++i) {
    const float angle = 2 * std::numbers::pi_v<float> * static_cast<float>(i) / steps;
    const cv::Vec3f outline(std::cos(angle), std::sin(angle), 0);
    const cv::Vec3f own = turn_.t() * outline;
    const auto below_hair = [&](const cv::Vec3f& q) {
      return middle + half_height * q[1] > hair_line(traits_.half_width * q[0]);
    };
    if (own[2] > ear_plane && below_hair(own)) add(outline);
    const cv::Vec3f at_ear(ear_radius * outline[0], ear_radius * outline[1], ear_plane);
    const cv::Vec3f seen = turn_ * at_ear;
    if (seen[2] >= 0 && below_hair(at_ear)) add(seen);
    const float x = 2 * static_cast<float>(i) / (steps - 1) - 1;
    const float y = (hair_line(traits_.half_width * x) - middle) / half_height;
    const float left = 1 - x * x - y * y;
    if (left < ear_plane * ear_plane) continue;
    const cv::Vec3f at_hair = turn_ * cv::Vec3f(x, y, std::sqrt(left));
    if (at_hair[2] >= 0) add(at_hair);
  }
  return {extent.x1, extent.y1, extent.x2, extent.y2};
}

}  // namespace faceshot::synth
