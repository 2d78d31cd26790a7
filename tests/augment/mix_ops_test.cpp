#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

#include "augment/policies/augmenter.hpp"

namespace faceshot::augment {
namespace {

/// Pictures of one colour each, with a darker face in the middle.
class Plain : public ScenePool {
 public:
  explicit Plain(int count) {
    for (int i = 0; i < count; ++i) {
      cv::Mat image(200, 300, CV_8UC3, cv::Scalar(20.0 * i, 255, 0));
      image(cv::Rect(120, 70, 60, 60)).setTo(cv::Scalar(20.0 * i, 0, 0));
      images_.push_back(image);
    }
    face_.box = {120, 70, 180, 130};
  }
  [[nodiscard]] std::uint32_t size() const override {
    return static_cast<std::uint32_t>(images_.size());
  }
  [[nodiscard]] Scene scene(std::uint32_t index) const override {
    return {images_[index], {&face_, 1}};
  }

 private:
  std::vector<cv::Mat> images_;
  geometry::Annotation face_;
};

Sample mixed(const std::string& step, const ScenePool* pool, std::uint32_t index) {
  AugmentOptions options;
  options.size = 240;
  options.policy = parse_policy("policy = [" + step + "]", "p");
  base::Random random(1, 0, index);
  const Plain own(11);
  const Scene scene = own.scene(10);
  return augment(scene.image, scene.annotations, options, random, pool);
}

TEST(Mosaic, HasItsOwnPictureAndOthersEachWithItsFace) {
  const Plain pool(10);
  for (const int grid : {2, 3}) {
    std::set<int> colors;
    int whole = 0;
    int beside = 0;
    for (std::uint32_t i = 0; i < 50; ++i) {
      const Sample sample =
          mixed("{op='mosaic', share=[0.6,1], grid=" + std::to_string(grid) + "}", &pool, i);
      EXPECT_EQ(sample.annotations.size(), static_cast<std::size_t>(grid * grid));
      bool own = false;
      for (const auto& annotation : sample.annotations) {
        const auto at = [&](float x, float y) {
          return sample.image.at<cv::Vec3b>(static_cast<int>(y), static_cast<int>(x));
        };
        const Box& box = annotation.box;
        const cv::Vec3b centre = at(box.center_x(), box.center_y());
        EXPECT_EQ(centre[1], 0) << "the middle of a face";
        own = own || centre[0] == 200;
        colors.insert(centre[0]);
        // There is no other face next to a whole one unless it touches that of the next picture.
        if (box.x1 > 2 && std::abs(box.width() - box.height()) < 1) {
          ++whole;
          beside += at(box.x1 - 2, box.center_y())[1] > 200;
        }
      }
      EXPECT_TRUE(own);
    }
    EXPECT_GT(whole, 50);
    EXPECT_GT(beside, whole * 95 / 100);
    EXPECT_EQ(colors.size(), 11U) << "all pictures have their turn";
  }
}

TEST(Mosaic, WithoutOthersNothingHappens) {
  const Sample sample = mixed("{op='mosaic'}", nullptr, 0);
  EXPECT_EQ(sample.annotations.size(), 1U);
}

TEST(CopyPaste, AddsFacesThatTouchNone) {
  const Plain pool(10);
  std::size_t pasted = 0;
  for (std::uint32_t i = 0; i < 100; ++i) {
    const Sample sample =
        mixed("{op='copy_paste', count=2, scale=0.7, roll=0, relight=0}", &pool, i);
    ASSERT_GE(sample.annotations.size(), 1U);
    for (std::size_t k = 1; k < sample.annotations.size(); ++k) {
      const Box& box = sample.annotations[k].box;
      // A face of 60 px, 0.7 times as high, in a picture scaled by 0.8.
      EXPECT_NEAR(box.height(), 60 * 0.7 * 0.8, 1e-2);
      const auto& centre = sample.image.at<cv::Vec3b>(static_cast<int>(box.center_y()),
                                                      static_cast<int>(box.center_x()));
      EXPECT_EQ(centre[1], 0) << "the middle of a face";
      EXPECT_NE(centre[0], 200) << "of another picture";
      for (std::size_t j = 0; j < k; ++j) EXPECT_EQ(iou(box, sample.annotations[j].box), 0);
      ++pasted;
    }
  }
  EXPECT_GT(pasted, 120U);
}

TEST(Cutout, FacesOfWhichTooLittleIsLeftAreIgnored) {
  // Half as wide and high as the face, centred on it or on a corner: a quarter at most.
  const Sample partly = mixed("{op='cutout', where='faces', count=1, share=0.5}", nullptr, 1);
  EXPECT_FALSE(partly.annotations.at(0).ignore);
  const Sample wholly =
      mixed("{op='cutout', where='faces', count=20, share=0.5, fill='mean'}", nullptr, 1);
  EXPECT_TRUE(wholly.annotations.at(0).ignore);
}

TEST(Mixup, BlendsPicturesAndKeepsBothFaces) {
  const Plain pool(1);  // black and green
  const Sample sample = mixed("{op='mixup', weight=0.6}", &pool, 0);
  ASSERT_EQ(sample.annotations.size(), 2U);
  EXPECT_FALSE(sample.annotations[0].ignore);
  EXPECT_FALSE(sample.annotations[1].ignore);
  EXPECT_NEAR(sample.image.at<cv::Vec3b>(120, 10)[0], 200 * 0.6, 1);
  const Sample faint = mixed("{op='mixup', weight=0.8, faint=0.35}", &pool, 0);
  EXPECT_FALSE(faint.annotations[0].ignore);
  EXPECT_TRUE(faint.annotations[1].ignore);
}

}  // namespace
}  // namespace faceshot::augment
