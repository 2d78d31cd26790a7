#include "evaluate/false_positives.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace faceshot::evaluate::false_positives_test {
namespace {

struct Scene {
  std::vector<geometry::Xywh> faces;
  std::vector<char> counts;
  std::vector<ScoredBox> boxes;
  std::vector<char> excused{};
};

std::vector<LabelledDetections> views(const std::vector<Scene>& scenes) {
  std::vector<LabelledDetections> images;
  for (const Scene& s : scenes) images.push_back({s.faces, s.counts, s.boxes, s.excused});
  return images;
}

// Sides count one more: 99 is 100. Shifted by d along x, two such squares have an IoU of
// (100 - d) / (100 + d).
ScoredBox at(double x, double score, double side = 99) { return {x, 0, side, side, score}; }
constexpr geometry::Xywh face_at(float x, float side = 99) { return {x, 0, side, side}; }

std::vector<Verdict> verdicts(const Judgement& judgement) {
  std::vector<Verdict> all;
  for (const JudgedBox& b : judgement.boxes) all.push_back(b.verdict);
  return all;
}

TEST(FalsePositives, AreOfThreeKinds) {
  const std::vector<Scene> scenes{
      {{face_at(0)},
       {1},
       {at(0, 0.9), at(10, 0.8), at(34, 0.7), at(66, 0.6), at(67, 0.5), at(300, 0.4)}}};
  const Judgement judgement = judge(views(scenes));
  EXPECT_EQ(judgement.faces, 1U);
  // IoU 1, 0.82, 0.49, 0.2048, 0.1976, 0.
  EXPECT_EQ(verdicts(judgement), (std::vector<Verdict>{Verdict::hit, Verdict::doubled,
                                                       Verdict::badly_placed, Verdict::badly_placed,
                                                       Verdict::background, Verdict::background}));
  EXPECT_NEAR(judgement.boxes[2].iou, 66.0 / 134, 1e-12);
}

TEST(FalsePositives, OfAFaceThatDoesNotCountAreNone) {
  // The second face does not count: a detection of it is ignored; a badly placed one still counts.
  const std::vector<Scene> scenes{
      {{face_at(0), face_at(500)}, {1, 0}, {at(500, 0.9), at(501, 0.8), at(550, 0.7)}}};
  const Judgement judgement = judge(views(scenes));
  EXPECT_EQ(verdicts(judgement), (std::vector<Verdict>{Verdict::badly_placed}));
}

TEST(FalsePositives, MayBeExcused) {
  const std::vector<Scene> scenes{
      {{face_at(0)}, {1}, {at(300, 0.9), at(0, 0.8), at(600, 0.7)}, {1, 1, 0}}};
  EXPECT_EQ(verdicts(judge(views(scenes))),
            (std::vector<Verdict>{Verdict::hit, Verdict::background}));
}

TEST(FalsePositives, AreRankedOverAllImages) {
  const std::vector<Scene> scenes{{{face_at(0)}, {1}, {at(300, 0.2), at(0, 0.9)}},
                                  {{face_at(0)}, {1}, {at(0, 0.5)}}};
  const Judgement judgement = judge(views(scenes));
  ASSERT_EQ(judgement.boxes.size(), 3U);
  EXPECT_EQ(judgement.boxes[1].image, 1U);
  EXPECT_EQ(judgement.boxes[2].box, 0U);
}

TEST(FalsePositives, AreCountedAtARecallBySize) {
  std::vector<Scene> scenes{{{}, {}, {}}};
  for (int i = 0; i < 10; ++i) {
    scenes[0].faces.push_back(face_at(1000.0F * static_cast<float>(i)));
    scenes[0].counts.push_back(1);
    scenes[0].boxes.push_back(at(1000.0 * i, 1 - 0.1 * i));
  }
  // Between the third hit (0.8) and the fourth (0.7), and one after the fifth (0.6).
  scenes[0].boxes.push_back(at(200, 0.75, 31.9));
  scenes[0].boxes.push_back(at(300, 0.75, 32));
  scenes[0].boxes.push_back(at(400, 0.75, 64));
  scenes[0].boxes.push_back({500, 0, 100, 64.1, 0.75});
  scenes[0].boxes.push_back(at(600, 0.55, 10));
  const auto images = views(scenes);
  const std::vector<double> recalls{0.3, 0.4, 0.5, 1};
  const auto errors = errors_at(judge(images), images, recalls);
  EXPECT_EQ(errors[0].score, 1 - 0.1 * 2);
  EXPECT_EQ(errors[0].total(Verdict::background), 0U);
  EXPECT_EQ(errors[1].found, 4U);
  EXPECT_EQ(errors[1].counts[2], (std::array<std::size_t, 3>{1, 2, 1}));
  EXPECT_EQ(errors[1].total(Verdict::background), 4U);
  EXPECT_EQ(errors[1].total(Verdict::doubled), 0U);
  EXPECT_EQ(errors[2].total(Verdict::background), 4U);
  EXPECT_EQ(errors[3].total(Verdict::background), 5U);
  EXPECT_EQ(errors[3].found, 10U);
}

TEST(FalsePositives, OfOneScoreAreCountedTogether) {
  const std::vector<Scene> scenes{
      {{face_at(0), face_at(1000)}, {1, 1}, {at(0, 0.5), at(300, 0.5), at(1000, 0.4)}}};
  const auto images = views(scenes);
  const std::vector<double> recalls{0.5};
  EXPECT_EQ(errors_at(judge(images), images, recalls)[0].total(Verdict::background), 1U);
}

TEST(FalsePositives, ARecallMayBeOutOfReach) {
  const std::vector<Scene> scenes{{{face_at(0), face_at(1000)}, {1, 1}, {at(0, 0.5)}}};
  const auto images = views(scenes);
  const std::vector<double> recalls{0.5, 0.9};
  const auto errors = errors_at(judge(images), images, recalls);
  EXPECT_EQ(errors[0].score, 0.5);
  EXPECT_FALSE(errors[1].score);
  const std::vector<Scene> none{{{face_at(0)}, {0}, {at(300, 0.5)}}};
  EXPECT_FALSE(errors_at(judge(views(none)), views(none), recalls)[0].score);
}

TEST(MissedFaces, AreTheLargestThatNoShownDetectionFinds) {
  const std::vector<Scene> scenes{
      {{face_at(0, 20), face_at(500, 99), face_at(1000, 50), face_at(2000, 300)},
       {1, 1, 1, 0},
       {at(500, 0.9), at(1000, 0.3, 50), at(1060, 0.8, 50)}}};
  const auto images = views(scenes);
  const auto missed = missed_faces(judge(images), images, 0.5);
  ASSERT_EQ(missed.size(), 2U);
  EXPECT_EQ(missed[0].face, 2U);
  EXPECT_EQ(missed[0].nearest, 1U) << "below the score, but it tells why";
  EXPECT_DOUBLE_EQ(missed[0].iou, 1);
  EXPECT_EQ(missed[1].face, 0U);
  EXPECT_FALSE(missed[1].nearest);
}

}  // namespace
}  // namespace faceshot::evaluate::false_positives_test
