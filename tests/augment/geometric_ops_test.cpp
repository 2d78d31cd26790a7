// Geometry is checked on pixels: for every operation that moves the picture, a rendered face and
// its box agree within a pixel, and landmarks stay on their dots, over many random draws.
#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "augment/policies/augmenter.hpp"
#include "augment/rendered_scene.hpp"

namespace faceshot::augment::geometric_ops_test {
namespace {

using test::face_pixels;
using test::FaceShape;
using test::render_scene;

constexpr int draws = 300;
constexpr int size = 256;

std::vector<std::string> moving_operations() {
  std::vector<std::string> names;
  for (const auto& info : operations())
    if (info.family == "geometry" || info.family == "crops") names.emplace_back(info.name);
  return names;
}

AugmentOptions only(const std::string& operation) {
  AugmentOptions options;
  options.size = size;
  options.policy = {Step(find_operation(operation))};
  return options;
}

class GeometricOp : public ::testing::TestWithParam<std::string> {
 protected:
  void expect_boxes_on_pixels(FaceShape shape, const std::string& rule) const {
    auto options = only(GetParam());
    options.turned_box = rule;
    base::Random scenes(1);
    int compared = 0;
    for (std::uint32_t i = 0; i < draws; ++i) {
      const auto scene = render_scene(scenes, shape);
      base::Random random(2, 0, i);
      const Sample sample = augment(scene.image, std::vector{scene.annotation}, options, random);
      const Box pixels = face_pixels(sample.image);
      if (sample.annotations.empty()) {
        EXPECT_LE(std::min(pixels.width(), pixels.height()), 1.5F) << "a visible face was dropped";
        continue;
      }
      const Box& box = sample.annotations[0].box;
      ASSERT_TRUE(box.x1 >= 0 && box.y1 >= 0 && box.x2 <= size && box.y2 <= size);
      // The visible part of a cut ellipse or rotated rectangle has a smaller box than the clipped
      // box, and a sliver may be half a pixel off.
      const bool cut = box.x1 <= 0 || box.y1 <= 0 || box.x2 >= size || box.y2 >= size;
      const bool keeps_axes = GetParam() != "affine" && GetParam() != "perspective";
      if (std::min(box.width(), box.height()) < 3) continue;
      if (cut && (!keeps_axes || shape == FaceShape::ellipse)) continue;
      EXPECT_NEAR(pixels.x1, box.x1, 1) << "draw " << i;
      EXPECT_NEAR(pixels.y1, box.y1, 1) << "draw " << i;
      EXPECT_NEAR(pixels.x2, box.x2, 1) << "draw " << i;
      EXPECT_NEAR(pixels.y2, box.y2, 1) << "draw " << i;
      ++compared;
    }
    EXPECT_GT(compared, draws / 4);
  }
};

TEST_P(GeometricOp, RectanglesLieOnTheirPixels) {
  expect_boxes_on_pixels(FaceShape::rectangle, "rectangle");
}

TEST_P(GeometricOp, EllipsesLieOnTheirPixels) {
  expect_boxes_on_pixels(FaceShape::ellipse, "ellipse");
}

TEST_P(GeometricOp, LandmarksLieOnTheirDots) {
  base::Random scenes(3);
  int compared = 0;
  for (std::uint32_t i = 0; i < draws; ++i) {
    const auto scene = render_scene(scenes);
    base::Random random(4, 0, i);
    const Sample sample =
        augment(scene.image, std::vector{scene.annotation}, only(GetParam()), random);
    if (sample.annotations.empty()) continue;
    const Landmarks& points = sample.annotations[0].landmarks.value();
    // Dots are 9 source pixels wide; scaled below a third, the middle pixel is no longer all dot.
    const Landmarks& before = *scene.annotation.landmarks;
    const float scale_x = std::abs(points[1].x - points[0].x) / (before[1].x - before[0].x);
    const float scale_y = std::abs(points[3].y - points[0].y) / (before[3].y - before[0].y);
    if (std::min(scale_x, scale_y) < 0.5F) continue;
    constexpr std::array<std::size_t, 5> partner{1, 0, 2, 4, 3};
    int plain = 0;
    int swapped = 0;
    int visible = 0;
    for (std::size_t k = 0; k < 5; ++k) {
      const auto x = static_cast<int>(std::floor(points[k].x));
      const auto y = static_cast<int>(std::floor(points[k].y));
      if (x < 1 || y < 1 || x >= size - 1 || y >= size - 1) continue;
      const double red = sample.image.at<cv::Vec3b>(y, x)[2];
      const auto is = [red](std::size_t dot) {
        return std::abs(red - (40.0 + 40.0 * static_cast<double>(dot))) < 5;
      };
      ++visible;
      plain += is(k);
      swapped += is(partner[k]);
    }
    const bool mirrors = GetParam() == "fliplr" || GetParam() == "flipud";
    EXPECT_EQ(mirrors ? swapped : plain, visible) << "draw " << i;
    compared += visible > 0;
  }
  EXPECT_GT(compared, draws / 10);
}

INSTANTIATE_TEST_SUITE_P(, GeometricOp, ::testing::ValuesIn(moving_operations()),
                         [](const auto& test) { return test.param; });

TEST(GeometricOps, FlipTwiceIsTheIdentity) {
  for (const char* const name : {"fliplr", "flipud"}) {
    base::Random scenes(5);
    const auto scene = render_scene(scenes);
    CanvasMemory memory;
    Canvas canvas(scene.image, std::vector{scene.annotation}, {}, memory);
    base::Random random(6);
    const Step flip(find_operation(name));
    // Once recorded and carried out together, once carried out one by one.
    run(flip, canvas, random, {});
    run(flip, canvas, random, {});
    EXPECT_EQ(cv::norm(canvas.pixels(), scene.image, cv::NORM_INF), 0);
    run(flip, canvas, random, {});
    cv::Mat mirrored;
    cv::flip(scene.image, mirrored, std::string(name) == "fliplr" ? 1 : 0);
    EXPECT_EQ(cv::norm(canvas.pixels(), mirrored, cv::NORM_INF), 0);
    run(flip, canvas, random, {});
    EXPECT_EQ(cv::norm(canvas.pixels(), scene.image, cv::NORM_INF), 0);
    EXPECT_EQ(canvas.faces().at(0).annotation, scene.annotation);
  }
}

TEST(GeometricOps, ACameraThatTurnsBackSeesWhatLeftTheFrame) {
  base::Random scenes(7);
  const auto scene = render_scene(scenes);
  CanvasMemory memory;
  Canvas canvas(scene.image, std::vector{scene.annotation}, {}, memory);
  canvas.move({1, 0, -150, 0, 1, 0, 0, 0, 1}, canvas.width(), canvas.height());
  canvas.move({1, 0, 150, 0, 1, 0, 0, 0, 1}, canvas.width(), canvas.height());
  EXPECT_EQ(cv::norm(canvas.pixels(), scene.image, cv::NORM_INF), 0);
  // Settled in between, the face is gone.
  canvas.move({1, 0, -150, 0, 1, 0, 0, 0, 1}, canvas.width(), canvas.height());
  canvas.settle();
  canvas.move({1, 0, 150, 0, 1, 0, 0, 0, 1}, canvas.width(), canvas.height());
  EXPECT_EQ(canvas.pixels().at<cv::Vec3b>(10, 10), cv::Vec3b::all(127));
}

TEST(GeometricOps, AffineTurnsAsOpenCvDoes) {
  cv::Mat image(301, 401, CV_8UC3);
  cv::RNG(8).fill(image, cv::RNG::UNIFORM, 0, 256);
  cv::GaussianBlur(image, image, {}, 3);
  Step step(find_operation("affine"));
  const auto set = [&step](std::string_view name, float value) {
    const auto& infos = step.operation->parameters;
    for (std::size_t i = 0; i < infos.size(); ++i)
      if (infos[i].name == name) step.parameters[i] = value;
  };
  set("scale", 1.2F);
  set("rotate", 30);
  set("shear", 0);
  set("translate", 0);
  CanvasMemory memory;
  Canvas canvas(image, {}, {}, memory);
  base::Random random(9);
  run(step, canvas, random, {});
  cv::Mat expected;
  cv::warpAffine(image, expected, cv::getRotationMatrix2D({200, 150}, -30, 1.2), image.size(),
                 cv::INTER_LINEAR, cv::BORDER_CONSTANT, cv::Scalar::all(127));
  EXPECT_LE(cv::norm(canvas.pixels(), expected, cv::NORM_INF), 3);
}

TEST(GeometricOps, TurnedAndReducedPicturesDoNotAlias) {
  // Stripes one pixel wide, reduced eightfold: only grey may be left.
  cv::Mat image(800, 800, CV_8UC3);
  for (int y = 0; y < 800; ++y) image.row(y).setTo(cv::Scalar::all(y % 2 * 255.0));
  const double c = 0.125 * std::cos(0.3);
  const double s = 0.125 * std::sin(0.3);
  CanvasMemory memory;
  Canvas canvas(image, {}, {}, memory);
  canvas.move({c, -s, 20, s, c, 0, 0, 0, 1}, 100, 100);
  const cv::Mat inside = canvas.pixels()(cv::Rect(35, 35, 20, 20));
  double low = 0;
  double high = 0;
  cv::minMaxLoc(inside.reshape(1), &low, &high);
  EXPECT_GT(low, 110);
  EXPECT_LT(high, 145);
}

}  // namespace
}  // namespace faceshot::augment::geometric_ops_test
