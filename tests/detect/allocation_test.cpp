// Heap allocations of a frame.
#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>
#include <span>
#include <string>
#include <vector>

#include "base/simd/isa.hpp"
#include "detect/tiny_model.hpp"
#include "engine/allocation_counter.hpp"
#include "faceshot/detector.hpp"
#include "media/opencv.hpp"

namespace faceshot::detect {
namespace {

constexpr int frames = 20;

Detector tiny(const DetectorOptions& options) {
  ModelInfo info = testing::tiny_info();
  info.landmark_output = "points";
  const std::string file = testing::tiny_onnx(info);
  return Detector(Network::from_bytes(std::as_bytes(std::span(file)), "tiny"), options);
}

/// Bright and dark cells, so that there are candidates, duplicates and faces; different in each
/// frame.
std::vector<cv::Mat> video(int width, int height) {
  std::vector<cv::Mat> images;
  for (int i = 0; i < 4; ++i) {
    cv::Mat image(height, width, CV_8UC3, cv::Scalar::all(0));
    for (int k = 0; k < 10 + i; ++k)
      cv::rectangle(image, {(40 * k + 8 * i) % width, (56 * k + 16 * i) % height, 64, 64},
                    cv::Scalar::all(255), cv::FILLED);
    images.push_back(image);
  }
  return images;
}

/// Allocations during frames of these images, after a warm-up round.
template <typename Frame>
std::size_t allocations_of(const std::vector<cv::Mat>& images, const Frame& frame) {
  std::vector<ImageView> views;
  for (const cv::Mat& image : images) views.push_back(media::view_of(image));
  for (const ImageView& view : views) frame(view);
  const std::size_t before = testing::allocations();
  for (int i = 0; i < frames; ++i)
    for (const ImageView& view : views) frame(view);
  return testing::allocations() - before;
}

TEST(DetectorAllocations, TheCounterSeesWhatOthersAskFor) {
  const std::size_t before = testing::allocations();
  const cv::Mat image(64, 64, CV_8UC1);
  EXPECT_GE(testing::allocations() - before, 1U);
}

/// Allocations of the network itself for the same number of frames: oneDNN's bookkeeping.
std::size_t allocations_of_network(const Detector& detector, const InputSize& size,
                                   std::size_t runs) {
  Session session(detector.network(), {1, 3, size.height, size.width});
  session.run();
  const std::size_t before = testing::allocations();
  for (std::size_t i = 0; i < runs; ++i) session.run();
  return testing::allocations() - before;
}

void expect_none_but_the_networks(const Detector& detector) {
  const auto images = video(320, 240);
  std::vector<Detection> found;
  const std::size_t all =
      allocations_of(images, [&](const ImageView& view) { detector.detect(view, found); });
  EXPECT_EQ(
      all, allocations_of_network(detector, detector.input_size(320, 240), frames * images.size()));
}

TEST(DetectorAllocations, NoneWhereTheCallerLendsTheVector) {
  for (const DetectorOptions& options :
       {DetectorOptions{}, DetectorOptions{.max_side = 160}, DetectorOptions{.keep_top = 0}}) {
    const Detector detector = tiny(options);
    ASSERT_GT(detector.detect(media::view_of(video(320, 240)[0])).size(), 10U)
        << "nothing is tested";
    expect_none_but_the_networks(detector);
  }
}

TEST(DetectorAllocations, NoneWithTheShippedNetwork) {
  expect_none_but_the_networks(
      Detector(std::string(FACESHOT_SOURCE_DIR) + "/models/faceshot-nano.onnx"));
}

TEST(DetectorAllocationsOfOurKernels, NoneAtAll) {
  if (base::isa() == base::Isa::baseline) GTEST_SKIP() << "oneDNN computes it at this level";
  const std::string model = std::string(FACESHOT_SOURCE_DIR) + "/models/faceshot-nano.onnx";
  const auto images = video(320, 240);
  for (const int threads : {1, 2})
    for (const Precision precision : {Precision::fp32, Precision::bf16}) {
      const Detector detector(model, {.threads = threads, .precision = precision});
      std::vector<Detection> found;
      EXPECT_EQ(
          allocations_of(images, [&](const ImageView& view) { detector.detect(view, found); }), 0U)
          << threads << " threads";
    }
}

TEST(DetectorAllocations, OneWhereTheVectorIsReturned) {
  const Detector detector = tiny({});
  const auto images = video(320, 240);
  const std::size_t all =
      allocations_of(images, [&](const ImageView& view) { (void)detector.detect(view); });
  const std::size_t runs = frames * images.size();
  EXPECT_EQ(all, runs + allocations_of_network(detector, detector.input_size(320, 240), runs));
}

}  // namespace
}  // namespace faceshot::detect
