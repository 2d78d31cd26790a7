#include "faceshot/detector.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "base/refusal.hpp"
#include "detect/tiny_model.hpp"
#include "faceshot/error.hpp"
#include "geometry/coordinates.hpp"
#include "media/opencv.hpp"

namespace faceshot::detect {
namespace {

using faceshot::testing::refusal;
using media::view_of;
using testing::tiny_info;

Network load(const ModelInfo& info = tiny_info()) {
  const std::string file = testing::tiny_onnx(info);
  return Network::from_bytes(std::as_bytes(std::span(file)), "tiny");
}

/// Black, with a white rectangle.
cv::Mat make_image(int width, int height, const cv::Rect& white) {
  cv::Mat image(height, width, CV_8UC3, cv::Scalar::all(0));
  image(white).setTo(cv::Scalar::all(255));
  return image;
}

void expect_box(const Box& box, float x1, float y1, float x2, float y2) {
  EXPECT_NEAR(box.x1, x1, 1e-3);
  EXPECT_NEAR(box.y1, y1, 1e-3);
  EXPECT_NEAR(box.x2, x2, 1e-3);
  EXPECT_NEAR(box.y2, y2, 1e-3);
}

TEST(Detector, FindsWhatTheNetworkWasBuiltToFind) {
  const Detector detector(load());
  const auto found = detector.detect(view_of(make_image(61, 43, {16, 8, 8, 8})));
  ASSERT_EQ(found.size(), 1U);
  expect_box(found[0].box, 17, 8, 25, 16);
  EXPECT_NEAR(found[0].score, 1 / (1 + std::exp(-10.0)), 1e-5);
  EXPECT_EQ(found[0].label, 0);
  EXPECT_TRUE(detector.detect(view_of(make_image(61, 43, {0, 0, 1, 1}))).empty());
}

TEST(Detector, GivesBoxesInTheImagesOwnPixels) {
  // 400x200 becomes 200x100: a white cell of the input is 16 px wide here.
  const cv::Mat image = make_image(400, 200, {64, 32, 16, 16});
  const Detector shrinking(load(), {.max_side = 200});
  auto found = shrinking.detect(view_of(image));
  ASSERT_EQ(found.size(), 1U);
  expect_box(found[0].box, 66, 32, 82, 48);
  // 40x20 becomes 80x40 only if requested.
  const cv::Mat small = make_image(40, 20, {8, 4, 8, 8});
  const Detector enlarging(load(), {.max_side = 80, .upscale = true});
  found = enlarging.detect(view_of(small));
  ASSERT_EQ(found.size(), 4U);
  for (const Detection& d : found) EXPECT_NEAR(d.box.width(), 4, 1e-3);
  const Detector native(load(), {.score_threshold = 0.6F, .max_side = 80});
  EXPECT_TRUE(native.detect(view_of(small)).empty()) << "native cells are half white at most";
}

ModelInfo info_with_landmarks() {
  ModelInfo info = tiny_info();
  info.landmark_output = "points";
  return info;
}

TEST(Detector, GivesLandmarksInTheImagesOwnPixels) {
  // 400x150 at max_side 200 is 200x75: everything is twice as large here. The cell's centre is
  // (36, 20) there.
  const Detector detector(load(info_with_landmarks()), {.max_side = 200});
  EXPECT_TRUE(detector.info().has_landmarks());
  const auto found = detector.detect(view_of(make_image(400, 150, {64, 32, 16, 16})));
  ASSERT_EQ(found.size(), 1U);
  ASSERT_TRUE(found[0].landmarks);
  const Landmarks wanted{68, 36, 76, 36, 72, 40, 70, 44, 74, 44};
  for (std::size_t k = 0; k < 10; ++k)
    EXPECT_NEAR(testing::coordinate(*found[0].landmarks, k), testing::coordinate(wanted, k), 1e-3)
        << k;
}

TEST(Detector, LandmarksBelongToTheBoxThatSurvives) {
  const auto found = Detector(load(info_with_landmarks()), {.keep_top = 0})
                         .detect(view_of(make_image(64, 64, {0, 0, 64, 64})));
  ASSERT_EQ(found.size(), 64U);
  for (const Detection& d : found) {
    ASSERT_TRUE(d.landmarks);
    EXPECT_NEAR((*d.landmarks)[2].x, d.box.x1 + 3, 1e-3);  // the nose is at the prior's centre,
    EXPECT_NEAR((*d.landmarks)[2].y, d.box.y1 + 4, 1e-3);  // the box 1 px right of it
  }
}

TEST(Detector, WithoutALandmarkOutputThereAreNone) {
  const Detector detector(load());
  EXPECT_FALSE(detector.info().has_landmarks());
  EXPECT_FALSE(detector.detect(view_of(make_image(61, 43, {16, 8, 8, 8})))[0].landmarks);
}

TEST(Detector, ScalesBothSidesByWhatRoundingMadeOfThem) {
  // 333 x 100 at max_side 100 is 100 x 30: x by 3.33, y by 10 / 3.
  const Detector detector(load(), {.max_side = 100});
  const auto found = detector.detect(view_of(make_image(333, 100, {0, 0, 100, 100})));
  ASSERT_FALSE(found.empty());
  for (const Detection& d : found) {
    if (d.box.y1 > 0 && d.box.y2 < 100) {
      EXPECT_NEAR(d.box.height(), 80.0 / 3, 1e-3);
    }
    EXPECT_NEAR(d.box.width(), 26.64, 1e-3);
  }
}

TEST(Detector, ClipsToTheImageAndIgnoresThePadding) {
  // All white, 20 x 12: cells at x 0, 8, 16 and y 0, 8; half of the last column and row is padding.
  const Detector detector(load());
  const auto found = detector.detect(view_of(make_image(20, 12, {0, 0, 20, 12})));
  ASSERT_FALSE(found.empty());
  for (const Detection& d : found) {
    EXPECT_GE(d.box.x1, 0);
    EXPECT_LE(d.box.x2, 20);
    EXPECT_LE(d.box.y2, 12);
    EXPECT_TRUE(d.box.valid());
  }
}

TEST(Detector, SortsAndKeepsTheTop) {
  cv::Mat image(8, 64, CV_8UC3);
  for (int cell = 0; cell < 8; ++cell)
    image(cv::Rect(8 * cell, 0, 8, 8)).setTo(cv::Scalar::all(140 + 16 * (cell * 3 % 8)));
  const auto all = Detector(load(), {.keep_top = 0}).detect(view_of(image));
  ASSERT_EQ(all.size(), 8U);
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_GT(all[i - 1].score, all[i].score);
  const auto top = Detector(load(), {.keep_top = 3}).detect(view_of(image));
  ASSERT_EQ(top.size(), 3U);
  for (std::size_t i = 0; i < top.size(); ++i) EXPECT_EQ(top[i].box, all[i].box);
  const auto sure = Detector(load(), {.score_threshold = 0.99F}).detect(view_of(image));
  EXPECT_LT(sure.size(), all.size());
  for (const Detection& d : sure) EXPECT_GE(d.score, 0.99F);
}

TEST(Detector, SuppressesDoubles) {
  ModelInfo info = tiny_info();
  info.priors.levels[0].min_sizes = {24};  // boxes of neighbouring cells overlap by IoU 1/2
  const cv::Mat image = make_image(64, 64, {16, 16, 16, 8});
  EXPECT_EQ(Detector(load(info), {.nms_threshold = 0.45F}).detect(view_of(image)).size(), 1U);
  EXPECT_EQ(Detector(load(info), {.nms_threshold = 0.55F}).detect(view_of(image)).size(), 2U);
}

/// Black, with a red and a blue cell, as NV12: the BT.601 values of these colours in video range.
class RedAndBlueNv12 {
 public:
  RedAndBlueNv12(const cv::Size& size, const cv::Rect& red, const cv::Rect& blue)
      : luma_(size, CV_8UC1, cv::Scalar(16)), chroma_(size / 2, CV_8UC2, cv::Scalar(128, 128)) {
    const auto half = [](const cv::Rect& r) { return cv::Rect(r.tl() / 2, r.size() / 2); };
    luma_(red).setTo(cv::Scalar(81));
    chroma_(half(red)).setTo(cv::Scalar(90, 240));
    luma_(blue).setTo(cv::Scalar(41));
    chroma_(half(blue)).setTo(cv::Scalar(240, 110));
  }
  [[nodiscard]] ImageView view() const {
    return {luma_.data,
            luma_.cols,
            luma_.rows,
            static_cast<std::ptrdiff_t>(luma_.step),
            PixelFormat::nv12,
            chroma_.data,
            static_cast<std::ptrdiff_t>(chroma_.step)};
  }

 private:
  cv::Mat luma_, chroma_;
};

TEST(Detector, TakesEveryPixelFormat) {
  const cv::Size size(40, 40);
  const cv::Rect red(0, 24, 8, 8), blue(16, 8, 8, 8);
  cv::Mat bgr(size, CV_8UC3, cv::Scalar::all(0)), rgb, bgra, rgba;
  bgr(red).setTo(cv::Scalar(0, 0, 255));
  bgr(blue).setTo(cv::Scalar(255, 0, 0));
  cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  cv::cvtColor(bgr, bgra, cv::COLOR_BGR2BGRA);
  cv::cvtColor(bgr, rgba, cv::COLOR_BGR2RGBA);
  const cv::Mat alpha(size, CV_8UC1, cv::Scalar(99));
  for (cv::Mat* const image : {&bgra, &rgba}) cv::insertChannel(alpha, *image, 3);
  const RedAndBlueNv12 nv12(size, red, blue);
  const auto in_format = [](const cv::Mat& image, PixelFormat format) {
    ImageView view = view_of(image);
    view.format = format;
    return view;
  };
  const std::vector<ImageView> views{
      in_format(bgr, PixelFormat::bgr), in_format(rgb, PixelFormat::rgb),
      in_format(bgra, PixelFormat::bgra), in_format(rgba, PixelFormat::rgba), nv12.view()};
  // The first of the network's channels counts, the others hardly at all.
  for (const auto& [order, cell] : {std::pair{PixelFormat::bgr, blue}, {PixelFormat::rgb, red}}) {
    ModelInfo info = tiny_info();
    info.channel_order = order;
    info.scale = {3 / 255.0F, 1e-9F, 1e-9F};
    const Detector detector(load(info));
    for (const ImageView& view : views) {
      SCOPED_TRACE(::testing::Message() << "format " << static_cast<int>(view.format)
                                        << ", network's order " << static_cast<int>(order));
      const auto found = detector.detect(view);
      ASSERT_EQ(found.size(), 1U);
      const auto x = static_cast<float>(cell.x), y = static_cast<float>(cell.y);
      expect_box(found[0].box, x + 1, y, x + 9, y + 8);
      EXPECT_GT(found[0].score, 0.999F);
    }
    cv::Mat gray(size, CV_8UC1, cv::Scalar(0));
    gray(blue).setTo(cv::Scalar(255));
    const auto found = detector.detect(view_of(gray));
    ASSERT_EQ(found.size(), 1U);
    expect_box(found[0].box, 17, 8, 25, 16);
  }
}

TEST(Detector, ServesManyThreadsAndSizesAtOnce) {
  const Detector detector(load());
  std::vector<cv::Mat> images;
  std::vector<std::vector<Detection>> expected;
  for (int i = 0; i < 12; ++i) {  // more sizes than the pool keeps
    images.push_back(make_image(64 + 8 * i, 48 + 16 * (i % 3), {8 * (i % 5), 8, 16, 24}));
    expected.push_back(Detector(load()).detect(view_of(images.back())));
    ASSERT_FALSE(expected.back().empty());
  }
  std::vector<std::size_t> wrong(4, 0);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < wrong.size(); ++t)
    threads.emplace_back([&, t] {
      for (std::size_t n = 0; n < 120; ++n) {
        const std::size_t i = (n * (t + 1) + t) % images.size();
        const auto found = detector.detect(view_of(images[i]));
        bool same = found.size() == expected[i].size();
        for (std::size_t k = 0; same && k < found.size(); ++k)
          same = found[k].box == expected[i][k].box && found[k].score == expected[i][k].score;
        wrong[t] += same ? 0 : 1;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<std::size_t>(4, 0));
}

TEST(Detector, ThreadsOfOneImageDoNotChangeTheResult) {
  const cv::Mat image = make_image(320, 240, {64, 64, 40, 40});
  const auto one = Detector(load(), {.threads = 1}).detect(view_of(image));
  const auto two = Detector(load(), {.threads = 2}).detect(view_of(image));
  ASSERT_EQ(one.size(), two.size());
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_EQ(one[i].box, two[i].box);
}

TEST(Detector, TellsWhereTheTimeWent) {
  const Detector detector(load());
  const cv::Mat image = make_image(64, 64, {0, 0, 8, 8});
  DetectTimings t{-1, -1, -1};
  const auto start = std::chrono::steady_clock::now();
  (void)detector.detect(view_of(image), &t);
  const std::chrono::duration<double, std::milli> whole = std::chrono::steady_clock::now() - start;
  for (const double part : {t.preprocess, t.network, t.postprocess}) {
    EXPECT_GE(part, 0);
    EXPECT_LE(part, whole.count());
  }
  EXPECT_LE(t.preprocess + t.network + t.postprocess, whole.count() * (1 + 1e-9));
}

TEST(Detector, ShowsWhatTheModelsThresholdLetsThrough) {
  // A cell that is 0.55 white has the logit 20 * 0.55 - 10 = 1, score 0.73; 0.52: 0.6.
  cv::Mat image = make_image(64, 8, {8, 0, 8, 8});
  image(cv::Rect(24, 0, 8, 8)).setTo(cv::Scalar::all(255 * 0.55));
  image(cv::Rect(48, 0, 8, 8)).setTo(cv::Scalar::all(255 * 0.52));
  const auto count = [&](const std::optional<float>& of_model, const DetectorOptions& options,
                         float in_effect) {
    ModelInfo info = tiny_info();
    info.default_threshold = of_model;
    const Detector detector(load(info), options);
    EXPECT_EQ(detector.options().score_threshold, in_effect);
    return detector.detect(view_of(image)).size();
  };
  EXPECT_EQ(count(std::nullopt, {}, 0.7F), 2U) << "no model's threshold: as ever";
  EXPECT_EQ(count(0.5F, {}, 0.5F), 3U);
  EXPECT_EQ(count(0.8F, {}, 0.8F), 1U);
  EXPECT_EQ(count(0.8F, {.score_threshold = 0.7F}, 0.7F), 2U) << "the user's word counts";
}

TEST(Detector, RefusesImpossibleOptions) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  for (const DetectorOptions& options : {DetectorOptions{.score_threshold = 0},
                                         {.score_threshold = 1},
                                         {.score_threshold = nan},
                                         {.nms_threshold = -0.1F},
                                         {.nms_threshold = 1.1F},
                                         {.nms_threshold = nan},
                                         {.max_side = -1},
                                         {.max_side = 1 << 20},
                                         {.keep_top = -1},
                                         {.threads = 0},
                                         {.threads = most_threads + 1}})
    refusal(ErrorCode::invalid_argument, [&] { Detector detector(load(), options); });
}

TEST(Detector, RefusesViewsThatAreNoImage) {
  const Detector detector(load());
  const cv::Mat image = make_image(40, 40, {16, 8, 8, 8});
  const ImageView good = view_of(image);
  ImageView bad = good;
  bad.data = nullptr;
  refusal(ErrorCode::invalid_argument, [&] { (void)detector.detect(bad); });
  bad = good;
  bad.width = 0;
  refusal(ErrorCode::invalid_argument, [&] { (void)detector.detect(bad); });
  bad = good;
  bad.stride = 0;  // forgotten
  refusal(ErrorCode::invalid_argument, [&] { (void)detector.detect(bad); });
  bad.stride = 119;
  refusal(ErrorCode::invalid_argument, [&] { (void)detector.detect(bad); });
}

TEST(Detector, RefusesAModelWhoseMetadataDoNotFitItsGraph) {
  const cv::Mat image = make_image(40, 40, {16, 8, 8, 8});
  ModelInfo info = tiny_info();
  info.features = {"loc"};  // no map
  refusal(ErrorCode::format, [&] { (void)Detector(load(info)).detect(view_of(image)); });
  info = tiny_info();
  info.priors.levels[0].min_sizes = {8, 16};  // twice as many priors as outputs
  refusal(ErrorCode::format, [&] { (void)Detector(load(info)).detect(view_of(image)); });
  info = tiny_info();
  info.classes = {"face", "head"};  // one logit too few
  refusal(ErrorCode::format,
          [&] { (void)Detector(load(tiny_info()), info).detect(view_of(image)); });
  const std::string four_points = testing::tiny_onnx(info_with_landmarks(), 8);
  refusal(ErrorCode::format, [&] {
    const Detector detector(Network::from_bytes(std::as_bytes(std::span(four_points)), "tiny"));
    (void)detector.detect(view_of(image));
  });
  info = tiny_info();
  info.features = {"nowhere"};
  const std::string message =
      refusal(ErrorCode::not_found, [&] { (void)Detector(load(info)).detect(view_of(image)); });
  EXPECT_NE(message.find("nowhere"), std::string::npos);
}

TEST(Detector, NamesAModelThatIsNotThere) {
  const std::string message =
      refusal(ErrorCode::not_found, [] { Detector detector(std::string("no/such/model.onnx")); });
  EXPECT_NE(message.find("no/such/model.onnx"), std::string::npos);
}

}  // namespace
}  // namespace faceshot::detect
