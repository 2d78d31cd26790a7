// A batch gives the same as its images one after another.
#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <vector>

#include "base/refusal.hpp"
#include "detect/tiny_model.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/error.hpp"
#include "media/opencv.hpp"

namespace faceshot::detect {
namespace {

Detector tiny(const ModelInfo& info = testing::tiny_info(), const DetectorOptions& options = {}) {
  const std::string file = testing::tiny_onnx(info);
  return Detector(Network::from_bytes(std::as_bytes(std::span(file)), "tiny"), options);
}

/// Of several sizes, each with a different number of faces in different places.
std::vector<cv::Mat> pictures(int count) {
  std::vector<cv::Mat> images;
  for (int i = 0; i < count; ++i) {
    cv::Mat image(48 + 16 * (i % 3), 64 + 8 * (i % 4), CV_8UC3, cv::Scalar::all(0));
    image(cv::Rect(8 * (i % 5), 8 * (i % 3), 8 * (1 + i % 4), 16)).setTo(cv::Scalar::all(255));
    images.push_back(image);
  }
  return images;
}

std::vector<ImageView> views_of(const std::vector<cv::Mat>& images) {
  std::vector<ImageView> views;
  for (const cv::Mat& image : images) views.push_back(media::view_of(image));
  return views;
}

TEST(DetectBatch, GivesWhatOneAfterAnotherGivesInOrder) {
  const auto images = pictures(40);
  const auto views = views_of(images);
  // options().threads is for single images; a batch must work without.
  const Detector detector = tiny(testing::tiny_info(), {.threads = 2});
  for (const int threads : {1, 2, 3, 8}) {
    const auto found = detector.detect_batch(views, threads);
    ASSERT_EQ(found.size(), views.size());
    for (std::size_t i = 0; i < views.size(); ++i) {
      const auto alone = detector.detect(views[i]);
      ASSERT_FALSE(alone.empty());
      ASSERT_EQ(found[i].size(), alone.size()) << "image " << i << ", threads " << threads;
      for (std::size_t k = 0; k < alone.size(); ++k) {
        EXPECT_EQ(found[i][k].box, alone[k].box);
        EXPECT_EQ(found[i][k].score, alone[k].score);
      }
    }
  }
}

TEST(DetectBatch, NothingInNothingOut) { EXPECT_TRUE(tiny().detect_batch({}, 2).empty()); }

std::string refusal(const Detector& detector, std::span<const ImageView> views, int threads,
                    ErrorCode code) {
  return testing::refusal(code, [&] { (void)detector.detect_batch(views, threads); });
}

TEST(DetectBatch, NamesTheImageThatIsNone) {
  const auto images = pictures(9);
  auto views = views_of(images);
  views[5].data = nullptr;
  views[7].stride = 1;
  for (const int threads : {1, 3})
    EXPECT_EQ(refusal(tiny(), views, threads, ErrorCode::invalid_argument)
                  .rfind("image 5: detector: the image is empty", 0),
              0U);
}

TEST(DetectBatch, NamesTheImageThatTheNetworkRefuses) {
  ModelInfo info = testing::tiny_info();
  info.features = {"nowhere"};  // found out when the first session is made
  const auto images = pictures(1);
  const auto views = views_of(images);
  EXPECT_EQ(refusal(tiny(info), views, 2, ErrorCode::not_found).rfind("image 0: ", 0), 0U);
}

TEST(DetectBatch, RefusesToWorkWithoutThreads) {
  const auto images = pictures(1);
  for (const int threads : {0, most_threads + 1})
    refusal(tiny(), views_of(images), threads, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace faceshot::detect
