// Detector::detect_tiled with a network whose results are known exactly.
#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "base/random.hpp"
#include "detect/tiny_model.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/error.hpp"
#include "media/opencv.hpp"

namespace faceshot::detect::tiled_test {
namespace {

using media::view_of;

Detector tiny(const DetectorOptions& options) {
  ModelInfo info = testing::tiny_info();
  info.landmark_output = "points";
  const std::string file = testing::tiny_onnx(info);
  return Detector(Network::from_bytes(std::as_bytes(std::span(file)), "tiny"), options);
}

/// Tiles of 64 with an overlap of a quarter begin at multiples of 48 here, so that the network's 8
/// px cells are at the same places in all of them.
const cv::Size size(64 + 7 * 48, 64 + 4 * 48);
const TileOptions tiles{.size = 64, .overlap = 0.25};

/// White cells, far enough apart that none is seen when the photograph is reduced to a quarter.
cv::Mat photograph(std::uint32_t seed) {
  base::Random random(seed);
  cv::Mat image(size, CV_8UC3, cv::Scalar::all(0));
  for (int y = 0; y < size.height; y += 32)
    for (int x = 0; x < size.width; x += 32) {
      const cv::Rect cell(x + 8 * static_cast<int>(random.below(4)),
                          y + 8 * static_cast<int>(random.below(4)), 8, 8);
      if (random.below(3) > 0 && (cell & cv::Rect({}, size)) == cell)
        image(cell).setTo(cv::Scalar::all(255));
    }
  return image;
}

using Face = std::tuple<float, float, float, float, float, float>;  ///< box and nose

std::vector<Face> faces_of(const std::vector<Detection>& found) {
  std::vector<Face> faces;
  for (const Detection& d : found)
    faces.emplace_back(d.box.x1, d.box.y1, d.box.x2, d.box.y2, (*d.landmarks)[2].x,
                       (*d.landmarks)[2].y);
  std::sort(faces.begin(), faces.end());
  return faces;
}

TEST(DetectTiled, FindsWhatTheWholePhotographAtItsOwnScaleShows) {
  for (const int threads : {1, 3}) {
    const Detector reducing = tiny({.max_side = size.width / 4, .keep_top = 0, .threads = threads});
    const Detector native = tiny({.max_side = 0, .keep_top = 0});
    for (std::uint32_t seed = 0; seed < 10; ++seed) {
      const cv::Mat image = photograph(seed);
      ASSERT_TRUE(reducing.detect(view_of(image)).empty());
      const auto wanted = faces_of(native.detect(view_of(image)));
      ASSERT_GT(wanted.size(), 20U);
      EXPECT_EQ(faces_of(reducing.detect_tiled(view_of(image), tiles)), wanted) << seed;
    }
  }
}

TEST(DetectTiled, TakesOtherPixelFormats) {
  const Detector reducing = tiny({.max_side = size.width / 4, .keep_top = 0});
  const cv::Mat image = photograph(1);
  cv::Mat gray;
  cv::extractChannel(image, gray, 0);
  EXPECT_EQ(faces_of(reducing.detect_tiled(view_of(gray), tiles)),
            faces_of(reducing.detect_tiled(view_of(image), tiles)));
  // Video range: 16 is black, 235 white; 128 is no colour.
  cv::Mat luma;
  gray.convertTo(luma, CV_8U, 219.0 / 255, 16);
  const cv::Mat chroma((size.height + 1) / 2, size.width, CV_8UC1, cv::Scalar(128));
  ImageView nv12 = view_of(luma);
  nv12.format = PixelFormat::nv12;
  nv12.chroma = chroma.data;
  nv12.chroma_stride = static_cast<std::ptrdiff_t>(chroma.step);
  EXPECT_EQ(faces_of(reducing.detect_tiled(nv12, tiles)),
            faces_of(reducing.detect_tiled(view_of(image), tiles)));
}

TEST(DetectTiled, AddsWhatOnlyTheReducedPhotographShows) {
  // White, 32x32: one cell of the reduced photograph; at their own scale 16 cells, which its box
  // contains.
  cv::Mat image(size, CV_8UC3, cv::Scalar::all(0));
  image(cv::Rect(160, 96, 32, 32)).setTo(cv::Scalar::all(255));
  const auto found =
      tiny({.max_side = size.width / 4, .keep_top = 0}).detect_tiled(view_of(image), tiles);
  EXPECT_EQ(std::count_if(found.begin(), found.end(),
                          [](const Detection& d) { return d.box.width() == 32; }),
            1);
}

TEST(DetectTiled, IsDetectWhereNothingIsReduced) {
  const Detector detector = tiny({.max_side = 640, .keep_top = 0});
  std::size_t calls = 0;
  TileOptions options = tiles;
  options.progress = [&](std::size_t, std::size_t) { ++calls; };
  const cv::Mat image = photograph(2);
  EXPECT_EQ(faces_of(detector.detect_tiled(view_of(image), options)),
            faces_of(detector.detect(view_of(image))));
  EXPECT_EQ(calls, 0U);
}

TEST(DetectTiled, TellsItsProgress) {
  for (const int threads : {1, 2}) {
    std::vector<std::size_t> done;
    TileOptions options = tiles;
    options.progress = [&](std::size_t n, std::size_t all) {
      done.push_back(n);
      EXPECT_EQ(all, 8U * 5U + 1U);  // and the whole
    };
    (void)tiny({.max_side = 100, .threads = threads}).detect_tiled(view_of(photograph(3)), options);
    ASSERT_EQ(done.size(), 41U);
    for (std::size_t i = 0; i < done.size(); ++i) EXPECT_EQ(done[i], i + 1);
  }
}

TEST(DetectTiled, EndsWhenProgressThrows) {
  TileOptions options = tiles;
  options.progress = [&](std::size_t n, std::size_t) {
    if (n == 5) throw std::runtime_error("enough");
  };
  const Detector detector = tiny({.max_side = 100, .threads = 2});
  EXPECT_THROW((void)detector.detect_tiled(view_of(photograph(3)), options), std::runtime_error);
}

TEST(DetectTiled, RefusesImpossibleTiles) {
  const Detector detector = tiny({.max_side = 100});
  const cv::Mat image = photograph(3);
  for (const TileOptions& bad : {TileOptions{.size = 63},
                                 {.size = 1 << 20},
                                 {.overlap = -0.1},
                                 {.overlap = 0.8},
                                 {.overlap = std::nan("")}}) {
    try {
      (void)detector.detect_tiled(view_of(image), bad);
      ADD_FAILURE() << "no error";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::invalid_argument);
    }
  }
}

}  // namespace
}  // namespace faceshot::detect::tiled_test
