#include "evaluate/average_precision.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string_view>
#include <vector>

#include "faceshot/error.hpp"

namespace faceshot::evaluate::average_precision_test {
namespace {

Box square(float x, float y = 0, float side = 10) { return {x, y, x + side, y + side}; }

struct Scene {
  std::vector<Detection> detections;
  std::vector<GroundTruthBox> truth;
};

double ap_of(const std::vector<Scene>& scenes, float iou_threshold = 0.5F) {
  std::vector<ImageEvaluation> images;
  for (const Scene& scene : scenes) images.push_back({scene.detections, scene.truth});
  return average_precision(images, iou_threshold);
}

// The worked example of R. Padilla's "Object Detection Metrics": 15 faces, 24 detections, of which
// these are true (T) and false (F) by falling confidence; all-point AP 24.56 %.
TEST(AveragePrecision, PublishedExample) {
  constexpr std::string_view outcome = "TFTFFFFFFTFTTTFFFFFFFFTF";
  Scene scene;
  for (int i = 0; i < 15; ++i) scene.truth.push_back({square(100.0F * static_cast<float>(i))});
  float next_face = 0;
  float score = 1;
  for (const char c : outcome) {
    const Box box = c == 'T' ? square(100.0F * next_face++) : square(0, 500);
    scene.detections.push_back({box, score -= 0.01F});
  }
  EXPECT_NEAR(ap_of({scene}), 0.2456, 1e-4);

  // The tenth row of its table: three true of ten, precision 0.3, recall 0.2.
  const std::vector<ImageEvaluation> images{{scene.detections, scene.truth}};
  const OperatingPoint tenth = operating_point(images, scene.detections[9].score);
  EXPECT_EQ(tenth.found, 3U);
  EXPECT_EQ(tenth.false_alarms, 7U);
  EXPECT_NEAR(tenth.precision(), 0.3, 1e-9);
  EXPECT_NEAR(tenth.recall(), 0.2, 1e-9);
  EXPECT_EQ(operating_point(images, 2).precision(), 1) << "nothing is shown";
}

TEST(AveragePrecision, TellsWhichDetectionFoundWhichFace) {
  // Image 0: an ignored face first, then one found twice. Image 1: one found with a lower score.
  const Scene first{{{square(50), 0.6F}, {square(51), 0.9F}, {square(0), 0.95F}},
                    {{square(0), true}, {square(50)}}};
  const Scene second{{{square(0, 500), 0.99F}, {square(2), 0.4F}}, {{square(0)}}};
  const std::vector<ImageEvaluation> images{{first.detections, first.truth},
                                            {second.detections, second.truth}};
  const auto all = matched_faces(images, 0);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].image, 0U);
  EXPECT_EQ(all[0].detection, 1U);
  EXPECT_EQ(all[0].face, 1U);
  EXPECT_EQ(all[1].image, 1U);
  EXPECT_EQ(all[1].detection, 1U);
  EXPECT_EQ(all[1].face, 0U);
  EXPECT_EQ(matched_faces(images, 0.5F).size(), 1U);
  EXPECT_EQ(matched_faces(images, 0, 0.9F).size(), 1U) << "2 px off is IoU 2/3, 1 px off 9/11";
}

TEST(AveragePrecision, JudgesEachDetectionOfAnImage) {
  // An ignored face, one found twice, one that nobody labelled; not in the order of scores.
  const Scene scene{
      {{square(50), 0.6F}, {square(51), 0.9F}, {square(0), 0.95F}, {square(200), 0.3F}},
      {{square(0), true}, {square(50)}}};
  const std::vector<DetectionVerdict> expected{
      DetectionVerdict::false_positive, DetectionVerdict::true_positive, DetectionVerdict::ignored,
      DetectionVerdict::false_positive};
  EXPECT_EQ(verdicts({scene.detections, scene.truth}), expected);
  EXPECT_TRUE(verdicts({}).empty());
  EXPECT_THROW((void)verdicts({}, 0), Error);
}

TEST(AveragePrecision, PerfectIsOneAndNothingIsZero) {
  const Scene perfect{{{square(0), 0.9F}, {square(50), 0.2F}}, {{square(0)}, {square(50)}}};
  EXPECT_DOUBLE_EQ(ap_of({perfect}), 1.0);
  EXPECT_DOUBLE_EQ(ap_of({{{}, {{square(0)}}}}), 0.0);
  EXPECT_DOUBLE_EQ(ap_of({}), 0.0);
  EXPECT_DOUBLE_EQ(ap_of({{{{square(0), 0.9F}}, {}}}), 0.0);  // no face at all
}

TEST(AveragePrecision, DetectionsOfAllImagesShareOneRanking) {
  // False positive in an image without faces: ranked above the hit, precision halves.
  const Scene hit{{{square(0), 0.5F}}, {{square(0)}}};
  EXPECT_DOUBLE_EQ(ap_of({hit, {{{square(0), 0.8F}}, {}}}), 0.5);
  EXPECT_DOUBLE_EQ(ap_of({hit, {{{square(0), 0.2F}}, {}}}), 1.0);
}

TEST(AveragePrecision, SecondDetectionOfAFaceIsFalse) {
  const Scene scene{{{square(0), 0.9F}, {square(0), 0.8F}, {square(50), 0.7F}},
                    {{square(0)}, {square(50)}}};
  EXPECT_DOUBLE_EQ(ap_of({scene}), 0.5 * 1.0 + 0.5 * (2.0 / 3.0));
}

TEST(AveragePrecision, IgnoredBoxesExcuseButDoNotCount) {
  const std::vector<GroundTruthBox> truth{{square(0)}, {square(200, 0, 100), true}};
  // On the ignored box, or mostly inside it: neither. Half outside: a false positive.
  EXPECT_DOUBLE_EQ(ap_of({{{{square(200, 0, 100), 0.9F}, {square(0), 0.5F}}, truth}}), 1.0);
  EXPECT_DOUBLE_EQ(ap_of({{{{square(230, 30), 0.9F}, {square(0), 0.5F}}, truth}}), 1.0);
  EXPECT_DOUBLE_EQ(ap_of({{{{square(194), 0.9F}, {square(0), 0.5F}}, truth}}), 0.5);
  // Only ignored faces: nothing to find.
  EXPECT_DOUBLE_EQ(ap_of({{{{square(0), 0.9F}}, {{square(0), true}}}}), 0.0);
  // A real face takes precedence over the crowd around it.
  EXPECT_DOUBLE_EQ(
      ap_of({{{{square(230, 30), 0.9F}}, {{square(230, 30)}, {square(200, 0, 100), true}}}}), 1.0);
}

TEST(AveragePrecision, ThresholdOfTheOverlap) {
  // 10 x 10 against 10 x 5 inside it: IoU exactly 0.5.
  const Scene scene{{{Box{0, 0, 10, 5}, 0.9F}}, {{square(0)}}};
  EXPECT_DOUBLE_EQ(ap_of({scene}, 0.5F), 1.0);
  EXPECT_DOUBLE_EQ(ap_of({scene}, 0.51F), 0.0);
}

TEST(AveragePrecision, EqualScoresKeepTheOrderGiven) {
  EXPECT_DOUBLE_EQ(ap_of({{{{square(0), 0.5F}, {square(90), 0.5F}}, {{square(0)}}}}), 1.0);
  EXPECT_DOUBLE_EQ(ap_of({{{{square(90), 0.5F}, {square(0), 0.5F}}, {{square(0)}}}}), 0.5);
}

TEST(AveragePrecision, RefusesWhatHasNoMeaning) {
  EXPECT_THROW((void)ap_of({}, 0.0F), Error);
  EXPECT_THROW((void)ap_of({}, 1.5F), Error);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW((void)ap_of({{{{square(0), nan}}, {{square(0)}}}}), Error);
}

}  // namespace
}  // namespace faceshot::evaluate::average_precision_test
