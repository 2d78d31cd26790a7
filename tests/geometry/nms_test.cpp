#include "faceshot/nms.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "geometry/arbitrary.hpp"

namespace faceshot::geometry {
namespace {

/// The definition, without regard for speed: take the best remaining detection, drop all of its
/// class that overlap it by more than the threshold, repeat.
std::vector<std::size_t> nms_by_definition(const std::vector<Detection>& detections,
                                           float threshold) {
  std::vector<bool> left(detections.size(), true);
  std::vector<std::size_t> kept;
  while (true) {
    std::size_t best = detections.size();
    for (std::size_t i = 0; i < detections.size(); ++i)
      if (left[i] && (best == detections.size() || detections[i].score > detections[best].score))
        best = i;
    if (best == detections.size()) return kept;
    kept.push_back(best);
    for (std::size_t i = 0; i < detections.size(); ++i)
      if (detections[i].label == detections[best].label &&
          iou(detections[i].box, detections[best].box) > threshold)
        left[i] = false;
    left[best] = false;
  }
}

RC_GTEST_PROP(Nms, AgreesWithTheDefinition, ()) {
  const auto found = *testing::detections(*rc::gen::inRange(1, 4));
  const float threshold = *rc::gen::element(0.0F, 0.3F, 0.45F, 0.9F, 1.0F);
  const auto kept = nms(found, threshold);
  RC_CLASSIFY(kept.size() < found.size(), "suppressed");
  RC_ASSERT(kept == nms_by_definition(found, threshold));
}

RC_GTEST_PROP(Nms, BuffersKeptFromCallToCallChangeNothing, ()) {
  static Nms reused;
  const auto found = *testing::detections(2);
  const auto top = static_cast<std::size_t>(*rc::gen::inRange(0, 5));
  const auto kept = reused.run(found, 0.4F, top);
  RC_ASSERT(std::vector<std::size_t>(kept.begin(), kept.end()) == nms(found, 0.4F, top));
}

TEST(Nms, NothingInNothingOut) { EXPECT_TRUE(nms({}, 0.5F).empty()); }

TEST(Nms, OverlapEqualToTheThresholdIsKept) {
  // IoU exactly 1/2: 10 x 10 within 10 x 20.
  const std::vector<Detection> detections{{{0, 0, 10, 20}, 0.9F}, {{0, 0, 10, 10}, 0.8F}};
  EXPECT_EQ(nms(detections, 0.5F), (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(nms(detections, 0.49F), std::vector<std::size_t>{0});
}

TEST(Nms, ASuppressedBoxSuppressesNothing) {
  // b overlaps a and c; a and c do not overlap: b goes, c stays.
  const std::vector<Detection> detections{
      {{0, 0, 10, 10}, 0.9F}, {{0, 4, 10, 14}, 0.8F}, {{0, 8, 10, 18}, 0.7F}};
  EXPECT_EQ(nms(detections, 0.3F), (std::vector<std::size_t>{0, 2}));
}

TEST(Nms, TiesKeepTheOrderGiven) {
  const Box box{0, 0, 10, 10};
  EXPECT_EQ(nms(std::vector<Detection>(50, {box, 0.5F}), 0.5F), std::vector<std::size_t>{0});
  std::vector<Detection> apart;
  std::vector<std::size_t> expected;
  for (std::size_t i = 0; i < 50; ++i) {
    const auto x = static_cast<float>(20 * (50 - i));
    apart.push_back({{x, 0, x + 10, 10}, 0.5F});
    expected.push_back(i);
  }
  EXPECT_EQ(nms(apart, 0.5F), expected);
}

TEST(Nms, ClassesDoNotSuppressEachOther) {
  const Box box{0, 0, 10, 10};
  const std::vector<Detection> detections{{box, 0.7F, 0}, {box, 0.9F, 1}, {box, 0.8F, 0}};
  EXPECT_EQ(nms(detections, 0.5F), (std::vector<std::size_t>{1, 2}));
}

TEST(Nms, ClassesSuppressEachOtherWhereNothingIsOfTwo) {
  const Box box{0, 0, 10, 10}, other{20, 0, 30, 10};
  const std::vector<Detection> detections{
      {box, 0.7F, 0}, {box, 0.9F, 1}, {box, 0.8F, 0}, {other, 0.6F, 2}};
  EXPECT_EQ(nms(detections, 0.5F, 0, Suppression::across_classes),
            (std::vector<std::size_t>{1, 3}));
}

RC_GTEST_PROP(Nms, KeepTopIsAPrefixOfTheWholeResult, ()) {
  const auto found = *testing::detections(2);
  const auto all = nms(found, 0.4F);
  const auto top = static_cast<std::size_t>(*rc::gen::inRange(1, 200));
  const auto some = nms(found, 0.4F, top);
  RC_ASSERT(some.size() == std::min(top, all.size()));
  RC_ASSERT(std::equal(some.begin(), some.end(), all.begin()));
}

TEST(Nms, NanScoresAreDroppedAndNanBoxesHarmless) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  const Box box{0, 0, 10, 10};
  const std::vector<Detection> detections{
      {box, nan}, {box, 0.5F}, {{nan, 0, 10, 10}, 0.9F}, {box, nan}, {box, 0.6F}};
  EXPECT_EQ(nms(detections, 0.5F), (std::vector<std::size_t>{2, 4}));
}

}  // namespace
}  // namespace faceshot::geometry
