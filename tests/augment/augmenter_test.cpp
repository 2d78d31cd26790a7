// All of augment() with the policies that come with FaceShot.
#include "augment/policies/augmenter.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <opencv2/imgproc.hpp>
#include <string>
#include <utility>
#include <vector>

#include "augment/rendered_scene.hpp"
#include "faceshot/error.hpp"

namespace faceshot::augment {
namespace {

/// Three rendered scenes.
class Scenes : public ScenePool {
 public:
  Scenes() {
    base::Random random(20);
    for (int i = 0; i < 3; ++i) scenes_.push_back(test::render_scene(random));
  }
  [[nodiscard]] std::uint32_t size() const override { return 3; }
  [[nodiscard]] Scene scene(std::uint32_t index) const override {
    return {scenes_[index].image, {&scenes_[index].annotation, 1}};
  }

 private:
  std::vector<test::RenderedScene> scenes_;
};

class PresetPolicy : public ::testing::TestWithParam<std::string> {
 protected:
  const Scenes pool_;
};

TEST_P(PresetPolicy, SameStreamSamePixelsOtherStreamOtherPixels) {
  const Scene scene = pool_.scene(0);
  const cv::Mat untouched = scene.image.clone();
  AugmentOptions options;
  options.policy = preset_policy(GetParam());
  CanvasMemory memory;  // used before or not: no difference
  for (std::uint32_t i = 0; i < 20; ++i) {
    base::Random first(6, 1, i);
    base::Random second(6, 1, i);
    base::Random third(6, 1, i + 1);
    Sample a;
    augment(scene.image, scene.annotations, options, first, a, memory, &pool_);
    const Sample b = augment(scene.image, scene.annotations, options, second, &pool_);
    const Sample c = augment(scene.image, scene.annotations, options, third, &pool_);
    EXPECT_EQ(cv::norm(a.image, b.image, cv::NORM_INF), 0);
    EXPECT_EQ(a.annotations, b.annotations);
    EXPECT_NE(cv::norm(a.image, c.image, cv::NORM_INF), 0);
  }
  EXPECT_EQ(cv::norm(scene.image, untouched, cv::NORM_INF), 0);
}

TEST_P(PresetPolicy, ImagesWithoutFacesAndTinyImagesGiveSamples) {
  AugmentOptions options;
  options.policy = preset_policy(GetParam());
  for (const cv::Size size : {cv::Size(640, 480), cv::Size(1, 1), cv::Size(3, 900)}) {
    for (std::uint32_t i = 0; i < 30; ++i) {
      base::Random random(9, 0, i);
      const cv::Mat image(size, CV_8UC3, cv::Scalar::all(80));
      const Sample sample = augment(image, {}, options, random);
      EXPECT_EQ(sample.image.size(), cv::Size(320, 320));
      EXPECT_EQ(sample.image.type(), CV_8UC3);
      EXPECT_TRUE(sample.image.isContinuous());
      EXPECT_TRUE(sample.annotations.empty());
    }
  }
}

TEST_P(PresetPolicy, BoxesLieInsideTheSample) {
  AugmentOptions options;
  options.policy = preset_policy(GetParam());
  std::size_t faces = 0;
  for (std::uint32_t i = 0; i < 100; ++i) {
    base::Random random(10, 0, i);
    const Scene scene = pool_.scene(i % 3);
    const Sample sample = augment(scene.image, scene.annotations, options, random, &pool_);
    for (const auto& annotation : sample.annotations) {
      const Box& box = annotation.box;
      EXPECT_TRUE(box.valid() && box.x1 >= 0 && box.y1 >= 0 && box.x2 <= 320 && box.y2 <= 320);
      faces += annotation.ignore ? 0 : 1;
    }
  }
  EXPECT_GT(faces, 50U);
}

INSTANTIATE_TEST_SUITE_P(, PresetPolicy, ::testing::ValuesIn(preset_names()), [](const auto& test) {
  std::string name = test.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(Augment, WritesIntoTheMemoryItIsGiven) {
  std::vector<std::uint8_t> memory(std::size_t{320} * 320 * 3);
  Sample sample;
  sample.image = cv::Mat(320, 320, CV_8UC3, memory.data());
  const cv::Mat image(100, 100, CV_8UC3, cv::Scalar::all(200));
  base::Random random(10);
  CanvasMemory buffers;
  augment(image, {}, AugmentOptions{}, random, sample, buffers);
  EXPECT_EQ(sample.image.data, memory.data());
  EXPECT_NE(*std::max_element(memory.begin(), memory.end()), 0);
}

TEST(Augment, SmallFacesAreIgnored) {
  AugmentOptions options;
  options.policy = {};
  options.min_face = 5;
  std::vector<geometry::Annotation> annotations(2);
  annotations[0].box = {10, 10, 14.9F, 40};
  annotations[1].box = {50, 10, 55.1F, 40};
  base::Random random(11);
  const Sample sample =
      augment(cv::Mat(320, 320, CV_8UC3, cv::Scalar()), annotations, options, random);
  ASSERT_EQ(sample.annotations.size(), 2U);
  EXPECT_TRUE(sample.annotations[0].ignore);
  EXPECT_FALSE(sample.annotations[1].ignore);
}

TEST(Augment, PicturesThatAreNotSquareKeepTheirProportions) {
  AugmentOptions options;
  options.policy = {};
  std::vector<geometry::Annotation> annotations(1);
  annotations[0].box = {0, 0, 640, 480};
  base::Random random(12);
  const Sample sample =
      augment(cv::Mat(480, 640, CV_8UC3, cv::Scalar::all(255)), annotations, options, random);
  EXPECT_EQ(sample.annotations.at(0).box, (Box{0, 40, 320, 280}));
  EXPECT_EQ(sample.image.at<cv::Vec3b>(39, 100), cv::Vec3b::all(127));
  EXPECT_EQ(sample.image.at<cv::Vec3b>(40, 100), cv::Vec3b::all(255));
}

TEST(Augment, RejectsImagesThatAreNotBgr) {
  base::Random random(11);
  EXPECT_THROW((void)augment(cv::Mat(), {}, AugmentOptions{}, random), Error);
  EXPECT_THROW((void)augment(cv::Mat(9, 9, CV_8UC1), {}, AugmentOptions{}, random), Error);
  EXPECT_THROW((void)augment(cv::Mat(9, 9, CV_32FC3), {}, AugmentOptions{}, random), Error);
}

TEST(AugmentOptions, ErrorsNameTheOption) {
  EXPECT_NO_THROW(validate(AugmentOptions{}));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<std::pair<std::string, std::function<void(AugmentOptions&)>>> mistakes{
      {"size", [](auto& o) { o.size = 0; }},
      {"min_face", [=](auto& o) { o.min_face = nan; }},
      {"min_visible", [](auto& o) { o.min_visible = 1.1F; }},
      {"turned_box", [](auto& o) { o.turned_box = "circle"; }},
  };
  for (const auto& [name, spoil] : mistakes) {
    AugmentOptions options;
    spoil(options);
    try {
      validate(options);
      ADD_FAILURE() << "augment." << name << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
      EXPECT_EQ(std::string(error.what()).rfind("augment." + name + " ", 0), 0U) << error.what();
    }
  }
}

}  // namespace
}  // namespace faceshot::augment
