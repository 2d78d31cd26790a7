#include "evaluate/ap_by_height.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "base/random.hpp"
#include "evaluate/wider_protocol.hpp"
#include "faceshot/error.hpp"

namespace faceshot::evaluate {
namespace {

Box square(float x, float side, float y = 0) { return {x, y, x + side, y + side}; }

struct Scene {
  std::vector<Detection> detections;
  std::vector<GroundTruthBox> truth;
};

std::vector<ImageEvaluation> views(const std::vector<Scene>& scenes) {
  std::vector<ImageEvaluation> images;
  for (const Scene& scene : scenes) images.push_back({scene.detections, scene.truth});
  return images;
}

ApByHeight ap_of(const std::vector<Scene>& scenes) { return ap_by_height(views(scenes)); }

/// Faces of 60, 40, 20 and 5 pixels.
const std::vector<GroundTruthBox> four{
    {square(0, 60)}, {square(100, 40)}, {square(200, 20)}, {square(300, 5)}};

TEST(ApByHeight, CountsTheFacesOfEachHeight) {
  const ApByHeight r = ap_of({{{}, four}});
  EXPECT_EQ(r.of[0].height, 50);
  EXPECT_EQ(r.of[0].faces, 1U);
  EXPECT_EQ(r.of[1].faces, 2U);
  EXPECT_EQ(r.of[2].faces, 3U);
  EXPECT_EQ(r.mean, 0);
}

TEST(ApByHeight, SmallerFacesAreNeitherHitsNorFalseAlarms) {
  // By score: the 5 px face, the 20 px face, background, the 60 px face; the 40 px face is missed.
  const Scene scene{{{square(300, 5), 0.9F},
                     {square(200, 20), 0.8F},
                     {square(500, 60), 0.7F},
                     {square(0, 60), 0.6F}},
                    four};
  const ApByHeight r = ap_of({scene});
  EXPECT_DOUBLE_EQ(r.of[0].ap, 0.5);                // false positive, hit; one face
  EXPECT_DOUBLE_EQ(r.of[1].ap, 0.5 * 0.5);          // the same; two faces
  EXPECT_DOUBLE_EQ(r.of[2].ap, (1 + 2.0 / 3) / 3);  // hit, false positive, hit; three faces
  EXPECT_DOUBLE_EQ(r.mean, (0.5 + 0.25 + (1 + 2.0 / 3) / 3) / 3);
}

TEST(ApByHeight, HeightNotWidthDecides) {
  const ApByHeight r = ap_of({{{}, {{Box{0, 0, 30, 50}}, {Box{100, 0, 180, 49}}}}});
  EXPECT_EQ(r.of[0].faces, 1U);
  EXPECT_EQ(r.of[1].faces, 2U);
}

TEST(ApByHeight, ADoubledFaceIsAFalseAlarmWhereItCounts) {
  // The 40 px face twice, then the 60 px face.
  const Scene scene{{{square(100, 40), 0.9F}, {square(100, 40), 0.8F}, {square(0, 60), 0.7F}},
                    four};
  const ApByHeight r = ap_of({scene});
  EXPECT_DOUBLE_EQ(r.of[0].ap, 1);
  EXPECT_DOUBLE_EQ(r.of[1].ap, 0.5 * 1 + 0.5 * 2 / 3);
}

TEST(ApByHeight, TheMostOverlappedFaceDecidesWhetherItCountsOrNot) {
  // Around a face of 50 px is one of 45 that does not count at 50 px and above, and fits better.
  const Scene scene{{{square(1, 45, 1), 0.9F}}, {{square(0, 50)}, {square(1, 45, 1)}}};
  const ApByHeight r = ap_of({scene});
  EXPECT_DOUBLE_EQ(r.of[0].ap, 0);
  EXPECT_DOUBLE_EQ(r.of[1].ap, 0.5);
}

TEST(ApByHeight, IgnoredBoxesExcuse) {
  const std::vector<GroundTruthBox> truth{{square(0, 60)}, {square(200, 300), true}};
  const Scene in_the_crowd{{{square(210, 60), 0.9F}, {square(0, 60), 0.5F}}, truth};
  EXPECT_DOUBLE_EQ(ap_of({in_the_crowd}).mean, 1);
  const Scene beside_it{{{square(160, 60), 0.9F}, {square(0, 60), 0.5F}}, truth};
  EXPECT_DOUBLE_EQ(ap_of({beside_it}).mean, 0.5);
}

TEST(ApByHeight, HeightsWithoutFacesAreNotInTheMean) {
  const Scene small{{{square(0, 20), 0.9F}}, {{square(0, 20)}}};
  const ApByHeight r = ap_of({small});
  EXPECT_EQ(r.of[0].faces, 0U);
  EXPECT_EQ(r.of[0].ap, 0);
  EXPECT_DOUBLE_EQ(r.mean, 1);
  EXPECT_EQ(ap_of({}).mean, 0);
}

TEST(ApByHeight, RefusesScoresThatAreNoNumbers) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW((void)ap_of({{{{square(0, 60), nan}}, {}}}), Error);
}

/// WIDER's own protocol, told which faces count. With scores that are multiples of a thousandth,
/// from 0 to 1, its thresholds merge no two scores, and both are the same area.
TEST(ApByHeight, AgreesWithWiderProtocol) {
  std::vector<Scene> scenes;
  WiderGroundTruth truth;
  std::vector<ImageDetections> result;
  base::Random random(3, 0, 0);
  std::uint32_t rank = 0;
  for (int i = 0; i < 20; ++i) {
    Scene scene;
    WiderImage image{"event", std::to_string(i), {}, {}};
    for (int f = 0; f < 6; ++f) {
      const auto side = static_cast<float>(5 + random.below(70));
      const Box box = square(static_cast<float>(random.below(300)), side,
                             static_cast<float>(random.below(200)));
      scene.truth.push_back({box});
      image.faces.push_back(geometry::to_xywh(box));
      for (std::size_t h = 0; h < face_heights.size(); ++h)
        image.counts[h].push_back(side >= static_cast<float>(face_heights[h]) ? 1 : 0);
      for (std::uint32_t d = random.below(4); d > 0; --d) {
        const float off = side * random.uniform(-0.4F, 0.4F);
        // 37 and 1001 have no common factor: every score occurs once.
        const float score = static_cast<float>(rank++ * 37 % 1001) / 1000;
        scene.detections.push_back({square(box.x1 + off, side, box.y1), score});
      }
    }
    scenes.push_back(scene);
    truth.images.push_back(image);
    result.push_back({"event", image.name, {}});
    for (const Detection& d : scene.detections) result.back().boxes.push_back(to_scored_box(d));
  }
  // The ends of the scale.
  for (const float score : {0.0F, 1.0F}) {
    scenes[0].detections.push_back({square(900, 30), score});
    result[0].boxes.push_back(to_scored_box(scenes[0].detections.back()));
  }
  const ApByHeight ours = ap_of(scenes);
  const WiderResult theirs = evaluate_wider(truth, result);
  for (std::size_t h = 0; h < face_heights.size(); ++h) {
    EXPECT_EQ(ours.of[h].faces, theirs.settings[h].faces);
    EXPECT_GT(ours.of[h].ap, 0.2);
    EXPECT_NEAR(ours.of[h].ap, theirs.settings[h].ap, 2e-3);
  }
}

TEST(ScoreAtRecall, IsTheHighestScoreThatShowsEnoughFaces) {
  std::vector<GroundTruthBox> truth;
  std::vector<Detection> detections;
  for (int i = 0; i < 20; ++i) {
    const Box face = square(100.0F * static_cast<float>(i), 60);
    truth.push_back({face});
    detections.push_back({face, 0.9F - 0.01F * static_cast<float>(i)});
  }
  truth.push_back({square(0, 20, 500)});  // too small to count
  const std::vector<Scene> scenes{{detections, truth}};
  const RecallPoint point = score_at_recall(views(scenes), 50, 0.85);
  EXPECT_DOUBLE_EQ(point.score, static_cast<double>(detections[16].score));
  EXPECT_DOUBLE_EQ(point.recall, 0.85);
}

TEST(ScoreAtRecall, EqualScoresAreShownTogether) {
  const Scene scene{{{square(0, 60), 0.5F}, {square(100, 60), 0.5F}, {square(200, 60), 0.4F}},
                    {{square(0, 60)}, {square(100, 60)}, {square(200, 60)}}};
  const RecallPoint point = score_at_recall(views({scene}), 50, 0.3);
  EXPECT_DOUBLE_EQ(point.score, 0.5);
  EXPECT_DOUBLE_EQ(point.recall, 2.0 / 3);
}

TEST(ScoreAtRecall, IsZeroWhereTheRecallIsNotReached) {
  const Scene scene{{{square(0, 60), 0.5F}}, {{square(0, 60)}, {square(100, 60)}}};
  const RecallPoint point = score_at_recall(views({scene}), 50, 0.85);
  EXPECT_EQ(point.score, 0);
  EXPECT_DOUBLE_EQ(point.recall, 0.5);
  EXPECT_EQ(score_at_recall({}, 50, 0.85).score, 0);
  EXPECT_EQ(score_at_recall({}, 50, 0.85).recall, 0);
}

TEST(FalseAlarms, AreDetectionsAnImage) {
  const std::vector<Scene> scenes{
      {{{square(0, 60), 0.9F}, {square(100, 60), 0.5F}, {square(200, 60), 0.4F}}, {}},
      {{{square(0, 60), 0.9F}}, {{square(0, 80), true}}},
      {{}, {}},
      {{{square(0, 60), 0.1F}}, {}}};
  EXPECT_DOUBLE_EQ(false_alarms_per_image(views(scenes), 0.5), 2.0 / 4) << "one is excused";
  EXPECT_DOUBLE_EQ(false_alarms_per_image(views(scenes), 0), 4.0 / 4);
  EXPECT_EQ(false_alarms_per_image({}, 0.5), 0);
}

}  // namespace
}  // namespace faceshot::evaluate
