#include "synth/background_painter.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "faceshot/error.hpp"
#include "synth/face_traits.hpp"
#include "synth/noise.hpp"

namespace faceshot::synth {
namespace {

cv::Scalar any_bgr(base::Random& random) {
  const float gray = random.uniform(20, 230);
  const float loud = random.uniform(0, 0.7F) * random.uniform(0.2F, 1);  // most colours are dull
  cv::Scalar color;
  for (int i = 0; i < 3; ++i)
    color[i] = static_cast<double>(gray + loud * (random.uniform(0, 255) - gray));
  return color;
}

cv::Scalar near_color(const cv::Scalar& color, float by, base::Random& random) {
  const float light = random.uniform(-by, by);
  cv::Scalar near;
  for (int i = 0; i < 3; ++i)
    near[i] = std::clamp(color[i] + static_cast<double>(light + random.uniform(-by, by) * 0.3F),
                         0.0, 255.0);
  return near;
}

int whole(float x) { return static_cast<int>(std::lround(x)); }

cv::Point point_in(const cv::Mat& image, base::Random& random) {
  return {static_cast<int>(random.below(static_cast<std::uint32_t>(image.cols))),
          static_cast<int>(random.below(static_cast<std::uint32_t>(image.rows)))};
}

cv::Rect part_of(const cv::Mat& image, float least, float most, base::Random& random) {
  const auto w = static_cast<float>(image.cols), h = static_cast<float>(image.rows);
  const float pw = w * random.uniform(least, most), ph = h * random.uniform(least, most);
  const cv::Rect part(whole(random.uniform(-0.3F * pw, w - 0.7F * pw)),
                      whole(random.uniform(-0.3F * ph, h - 0.7F * ph)), whole(pw), whole(ph));
  return part & cv::Rect(cv::Point(), image.size());
}

/// Noise of several sizes between two colours, computed small and enlarged: clouds, hills, walls.
void clouds(cv::Mat image, base::Random& random) {
  constexpr int side = 48;
  const cv::Scalar a = any_bgr(random);
  const cv::Scalar b = random.chance(0.6F) ? near_color(a, 70, random) : any_bgr(random);
  const std::uint32_t seed = random.bits();
  const float rough = random.uniform(2, 9);
  const float stretch = random.uniform(0.4F, 2.5F);
  const float tilt = random.uniform(-0.8F, 0.8F);
  cv::Mat small(side, side, CV_8UC3);
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x) {
      const float u = static_cast<float>(x) / side, v = static_cast<float>(y) / side;
      float t = 0.5F + tilt * (v - 0.5F);
      float share = 0.5F;
      for (float f = rough; f < 40; f *= 2.1F, share *= 0.55F)
        t += share * (value_noise(u * f, v * f * stretch, seed) - 0.5F);
      const auto mix = static_cast<double>(std::clamp(t, 0.0F, 1.0F));
      for (int c = 0; c < 3; ++c)
        small.at<cv::Vec3b>(y, x)[c] = cv::saturate_cast<std::uint8_t>(a[c] + (b[c] - a[c]) * mix);
    }
  cv::resize(small, image, image.size(), 0, 0, cv::INTER_CUBIC);
}

void bricks(cv::Mat image, base::Random& random) {
  const cv::Scalar joint = any_bgr(random), stone = any_bgr(random);
  const int h = 6 + static_cast<int>(random.below(40));
  const int w = whole(static_cast<float>(h) * random.uniform(1, 3));
  const int gap = 1 + h / 14;
  const bool shifted = random.chance(0.6F);
  const float uneven = random.uniform(3, 30);
  image.setTo(joint);
  for (int row = 0; row * h < image.rows; ++row)
    for (int x = shifted && row % 2 != 0 ? -w / 2 : 0; x < image.cols; x += w)
      cv::rectangle(image, cv::Rect(x, row * h, w - gap, h - gap),
                    near_color(stone, uneven, random), cv::FILLED);
}

void stripes(cv::Mat image, base::Random& random) {
  const cv::Scalar a = any_bgr(random);
  const cv::Scalar b = random.chance(0.5F) ? near_color(a, 50, random) : any_bgr(random);
  image.setTo(a);
  const float width = random.uniform(3, 45);
  const float angle = random.chance(0.6F) ? 0.0F : random.uniform(0, 3.1F);
  const auto reach = static_cast<float>(image.cols + image.rows);
  const cv::Point2f along(-std::sin(angle), std::cos(angle)),
      across(std::cos(angle), std::sin(angle));
  const cv::Point2f middle(0.5F * static_cast<float>(image.cols),
                           0.5F * static_cast<float>(image.rows));
  for (float d = -0.5F * reach; d < 0.5F * reach; d += 2 * width)
    cv::line(image, middle + across * d - along * reach, middle + across * d + along * reach, b,
             std::max(1, whole(width)), cv::LINE_AA);
}

void windows(cv::Mat image, base::Random& random) {
  const cv::Scalar wall = any_bgr(random), glass = any_bgr(random), frame = any_bgr(random);
  image.setTo(wall);
  const int w = 12 + static_cast<int>(random.below(60));
  const int h = whole(static_cast<float>(w) * random.uniform(0.8F, 2));
  const int step_x = whole(static_cast<float>(w) * random.uniform(1.2F, 2.2F));
  const int step_y = whole(static_cast<float>(h) * random.uniform(1.2F, 1.8F));
  for (int y = h / 4; y < image.rows; y += step_y)
    for (int x = w / 4; x < image.cols; x += step_x) {
      cv::rectangle(image, cv::Rect(x, y, w, h), near_color(glass, 40, random), cv::FILLED);
      cv::rectangle(image, cv::Rect(x, y, w, h), frame, std::max(1, w / 14));
      cv::line(image, {x + w / 2, y}, {x + w / 2, y + h}, frame, std::max(1, w / 20));
    }
}

void leaves(cv::Mat image, base::Random& random) {
  const cv::Scalar green(random.uniform(10, 90), random.uniform(60, 170), random.uniform(20, 140));
  image.setTo(green * 0.5);
  const float size = random.uniform(3, 22);
  const auto area = static_cast<float>(image.cols * image.rows);
  const int count = std::min(900, whole(2.5F * area / (size * size)));
  for (int i = 0; i < count; ++i) {
    const cv::Size axes(std::max(1, whole(size * random.uniform(0.4F, 1.2F))),
                        std::max(1, whole(size * random.uniform(0.2F, 0.6F))));
    cv::ellipse(image, point_in(image, random), axes, static_cast<double>(random.uniform(0, 180)),
                0, 360, near_color(green, 55, random), cv::FILLED);
  }
}

void lettering(cv::Mat image, base::Random& random) {
  if (random.chance(0.7F)) image.setTo(any_bgr(random));
  const cv::Scalar ink = any_bgr(random);
  const auto scale = static_cast<double>(random.uniform(0.3F, 2.5F));
  const int line = whole(static_cast<float>(scale) * 30);
  for (int y = line; y < image.rows + line; y += line) {
    std::string text;
    const std::uint32_t length = 4 + random.below(24);
    for (std::uint32_t i = 0; i < length; ++i)
      text +=
          static_cast<char>(random.chance(0.2F) ? ' ' : 'A' + static_cast<int>(random.below(26)));
    cv::putText(image, text, {whole(random.uniform(-20, 20)), y}, cv::FONT_HERSHEY_SIMPLEX, scale,
                ink, std::max(1, whole(static_cast<float>(scale) * 2)), cv::LINE_AA);
  }
}

void shapes(cv::Mat image, base::Random& random) {
  const std::uint32_t count = 3 + random.below(14);
  for (std::uint32_t i = 0; i < count; ++i) {
    std::vector<cv::Point> corners;
    const cv::Point middle = point_in(image, random);
    const float size = random.uniform(0.03F, 0.25F) * static_cast<float>(image.cols);
    const std::uint32_t n = 3 + random.below(4);
    for (std::uint32_t k = 0; k < n; ++k) {
      const float angle = 6.2832F * static_cast<float>(k) / static_cast<float>(n);
      const float r = size * random.uniform(0.5F, 1);
      corners.emplace_back(middle +
                           cv::Point(whole(r * std::cos(angle)), whole(r * std::sin(angle))));
    }
    cv::fillPoly(image, std::vector{corners}, any_bgr(random), cv::LINE_AA);
  }
}

using Background = void (*)(cv::Mat image, base::Random& random);
constexpr Background surfaces[] = {clouds,  clouds, bricks,    stripes,
                                   windows, leaves, lettering, shapes};

Background any_surface(base::Random& random) { return surfaces[random.below(std::size(surfaces))]; }

/// A disc lit from one side.
void ball(cv::Mat& image, cv::Point2f center, cv::Size2f axes, float angle, const cv::Scalar& color,
          base::Random& random) {
  const cv::Point2f light(random.uniform(-0.3F, 0.3F), random.uniform(-0.4F, 0.1F));
  constexpr int rings = 12;
  for (int i = 0; i < rings; ++i) {
    const float t = static_cast<float>(i) / rings;
    const cv::Point2f at = center + cv::Point2f(light.x * axes.width, light.y * axes.height) * t;
    const cv::RotatedRect ring(at, axes * (2 * (1 - t)), angle);
    if (ring.size.width < 1 || ring.size.height < 1) return;
    cv::ellipse(image, ring, color * static_cast<double>(0.6F + 0.5F * t), cv::FILLED, cv::LINE_AA);
  }
}

void hand(cv::Mat& image, cv::Point2f center, float r, const cv::Scalar& color,
          base::Random& random) {
  const float turned = random.uniform(-1, 1);
  for (int finger = 0; finger < 5; ++finger) {
    const float angle = turned - 1.5708F + 0.32F * static_cast<float>(finger - 2);
    const float reach = r * (finger == 0 || finger == 4 ? 0.95F : 1.25F);
    const cv::Point2f tip = center + cv::Point2f(std::cos(angle), std::sin(angle)) * reach;
    cv::line(image, center, tip, color * static_cast<double>(random.uniform(0.85F, 1)),
             std::max(1, whole(r * 0.24F)), cv::LINE_AA);
  }
  ball(image, center, {0.55F * r, 0.6F * r}, turned * 57, color, random);
}

/// Rings and spokes: plates, clocks, wheels.
void plate(cv::Mat& image, cv::Point2f center, float r, base::Random& random) {
  const cv::Scalar a = any_bgr(random), b = any_bgr(random);
  cv::circle(image, center, std::max(1, whole(r)), a, cv::FILLED, cv::LINE_AA);
  cv::circle(image, center, std::max(1, whole(r * random.uniform(0.4F, 0.9F))), b,
             std::max(1, whole(r * 0.1F)), cv::LINE_AA);
  const std::uint32_t spokes = random.below(9);
  for (std::uint32_t i = 0; i < spokes; ++i) {
    const float angle = 6.2832F * static_cast<float>(i) / static_cast<float>(spokes);
    cv::line(image, center, center + cv::Point2f(std::cos(angle), std::sin(angle)) * (0.85F * r), b,
             std::max(1, whole(r * 0.06F)), cv::LINE_AA);
  }
}

}  // namespace

void paint_lookalike(cv::Mat& image, cv::Point2f center, float radius, base::Random& random) {
  const FaceTraits traits = draw_traits(random);
  const cv::Scalar skin(static_cast<double>(traits.skin[0]), static_cast<double>(traits.skin[1]),
                        static_cast<double>(traits.skin[2]));
  const cv::Size2f oval(radius * random.uniform(0.6F, 0.95F), radius);
  switch (random.below(5)) {
    case 0:
      return ball(image, center, {radius, radius}, 0, any_bgr(random), random);
    case 1:
      return ball(image, center, oval, random.uniform(-40, 40), skin, random);
    case 2:
      return hand(image, center, radius, skin, random);
    case 3:
      return plate(image, center, radius, random);
    default: {
      // A head from behind: hair above a neck.
      ball(image, center + cv::Point2f(0, 0.9F * radius), {0.5F * radius, 0.7F * radius}, 0, skin,
           random);
      const cv::Scalar hair(static_cast<double>(traits.hair[0]),
                            static_cast<double>(traits.hair[1]),
                            static_cast<double>(traits.hair[2]));
      return ball(image, center, oval, random.uniform(-15, 15), hair, random);
    }
  }
}

cv::Mat paint_background(cv::Size size, base::Random& random) {
  if (size.width < 1 || size.height < 1 || size.width > 16384 || size.height > 16384)
    throw Error(ErrorCode::invalid_argument, "a background of " + std::to_string(size.width) + "x" +
                                                 std::to_string(size.height) +
                                                 " px cannot be drawn");
  cv::Mat image(size, CV_8UC3, any_bgr(random));
  any_surface(random)(image, random);
  const std::uint32_t parts = random.below(5);
  for (std::uint32_t i = 0; i < parts; ++i) {
    const cv::Rect part = part_of(image, 0.1F, 0.6F, random);
    if (!part.empty()) any_surface(random)(image(part), random);
  }
  // Often a floor or a sky.
  if (random.chance(0.4F)) {
    const int horizon = whole(static_cast<float>(size.height) * random.uniform(0.5F, 0.9F));
    if (horizon < size.height) clouds(image.rowRange(horizon, size.height), random);
  }
  const std::uint32_t lookalikes = random.below(5);
  for (std::uint32_t i = 0; i < lookalikes; ++i) {
    const float share = std::exp(random.uniform(std::log(0.015F), std::log(0.2F)));
    paint_lookalike(image, cv::Point2f(point_in(image, random)),
                    std::max(2.0F, share * static_cast<float>(size.height)), random);
  }
  return image;
}

}  // namespace faceshot::synth
