// Drawn people in a photograph of 24 megapixels, and the shipped network.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "faceshot/detector.hpp"
#include "media/opencv.hpp"
#include "synth/background_painter.hpp"
#include "synth/face_painter.hpp"
#include "synth/face_traits.hpp"

namespace faceshot::detect {
namespace {

const cv::Size size(6000, 4000);

/// Draws a person with a face of about this height, unless the place is taken.
void add_face(cv::Point2f center, float height, base::Random& random, cv::Mat& image,
              std::vector<Box>& faces) {
  for (const Box& f : faces) {
    const float apart = 1.6F * (height + f.height());
    if (std::abs(f.center_x() - center.x) < apart && std::abs(f.center_y() - center.y) < apart)
      return;
  }
  const synth::FaceLayer layer =
      synth::paint_face(synth::draw_traits(random), center, height, image.size());
  synth::blend(layer, image);
  faces.push_back(layer.annotation.box);
}

struct Scene {
  cv::Mat image;
  std::vector<Box> faces;
};

/// Faces of one size all over a photograph, every second one at a border of a tile.
Scene scene_of(float height, std::size_t count, std::uint32_t seed) {
  base::Random random(seed);
  Scene scene{synth::paint_background(size, random), {}};
  for (int k = 0; k < 3000 && scene.faces.size() < count; ++k) {
    const float h = height * random.uniform(0.9F, 1.1F);
    cv::Point2f center(random.uniform(0.7F * h, static_cast<float>(size.width) - 0.7F * h),
                       random.uniform(0.7F * h, static_cast<float>(size.height) - 0.7F * h));
    if (k % 2 == 0) {  // the nearest start of a tile column and row
      const float columns = 5360.0F / 12, rows = 480;
      center = {std::max(columns, columns * std::round(center.x / columns)),
                std::max(rows, rows * std::round(center.y / rows))};
      if (center.x > 5990 - h || center.y > 3990 - h) continue;
    }
    add_face(center, h, random, scene.image, scene.faces);
  }
  return scene;
}

struct Count {
  std::size_t missed = 0, more = 0;
  std::string boxes;  ///< of the faces that were found more than once
};

std::string text(const Box& b) {
  std::string line;
  for (const float v : {b.x1, b.y1, b.x2, b.y2}) line += std::to_string(std::lround(v)) + " ";
  return line;
}

/// A face is missed if no box fits it, and found more than once if several boxes cover parts of it.
Count count(const std::vector<Box>& faces, const std::vector<Detection>& found) {
  Count result;
  for (const Box& face : faces) {
    bool right = false;
    std::size_t touching = 0;
    std::string boxes = "face " + text(face) + "found";
    for (const Detection& d : found) {
      right |= iou(d.box, face) > 0.4F;
      const float shared = intersect(d.box, face).area();
      if (shared <= 0.3F * std::min(d.box.area(), face.area())) continue;
      ++touching;
      boxes += " " + text(d.box);
    }
    result.missed += right ? 0 : 1;
    if (touching <= 1) continue;
    ++result.more;
    result.boxes += boxes + "\n";
  }
  return result;
}

class TiledFaces : public ::testing::TestWithParam<float> {};

TEST_P(TiledFaces, AreFoundOnceWhereverTheyAre) {
  const Detector detector(std::string(FACESHOT_SOURCE_DIR) + "/models/faceshot-nano.onnx");
  const float height = GetParam();
  const Scene scene = scene_of(height, height > 600 ? 4 : height > 300 ? 12 : 60, 7);
  ASSERT_GE(scene.faces.size(), height > 600 ? 2U : 8U);
  const Count tiled = count(scene.faces, detector.detect_tiled(media::view_of(scene.image)));
  const Count plain = count(scene.faces, detector.detect(media::view_of(scene.image)));
  EXPECT_EQ(tiled.more, 0U) << tiled.boxes;
  EXPECT_LE(tiled.missed, scene.faces.size() / 20) << "of " << scene.faces.size();
  if (height <= 80) {
    EXPECT_EQ(plain.missed, scene.faces.size()) << "tiles are not needed here: nothing is tested";
  }
}

INSTANTIATE_TEST_SUITE_P(Pixels, TiledFaces, ::testing::Values(35, 60, 100, 150, 220, 400, 800),
                         [](const auto& each) {
                           return std::to_string(static_cast<int>(each.param));
                         });

}  // namespace
}  // namespace faceshot::detect
