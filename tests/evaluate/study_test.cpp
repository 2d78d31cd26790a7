// What reports are built on: figures of subsets and resamples of a set's images.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "evaluate/comparison.hpp"
#include "evaluate/result_files.hpp"
#include "evaluate/study/bootstrap.hpp"
#include "evaluate/study/judged_set.hpp"
#include "evaluate/study/parts.hpp"

namespace faceshot::evaluate::study_test {
namespace {

const std::filesystem::path fixtures =
    std::filesystem::path(FACESHOT_SOURCE_DIR) / "tests/evaluate/fixtures";

struct Fixture {
  WiderGroundTruth truth = read_wider_ground_truth(fixtures / "ground_truth");
  WiderResult result;
  EvaluatedSet set;

  explicit Fixture(const std::string& kind) {
    const std::vector<ImageDetections> found = read_result_files(fixtures / kind);
    result = evaluate_wider(truth, found);
    for (const auto name : wider_settings) set.settings.push_back({std::string(name), {}});
    base::Random random(3);
    for (const WiderImage& image : truth.images)
      for (const ImageDetections& d : found) {
        if (d.event != image.event || d.image != image.name || image.faces.empty()) continue;
        set.names.push_back(image.event + "/" + image.name);
        set.faces.push_back(image.faces);
        set.boxes.push_back(d.boxes);
        set.excused.emplace_back();
        set.attributes.emplace_back(image.faces.size());
        for (FaceAttributes& a : set.attributes.back())
          a.blur = static_cast<std::int8_t>(static_cast<int>(random.below(4)) - 1);
        for (std::size_t s = 0; s < wider_settings.size(); ++s)
          set.settings[s].counts.push_back(image.counts[s]);
      }
  }
};

TEST(Study, SamplerIsTheProtocol) {
  for (const std::string kind : {"detections_fine", "detections_coarse"}) {
    const Fixture f(kind);
    const JudgedSet judged(f.set, ApKind::wider, f.result.scores);
    for (std::size_t s = 0; s < wider_settings.size(); ++s) {
      EXPECT_NEAR(judged.sampler(s).ap(), f.result.settings[s].ap, 1e-12);
      EXPECT_NEAR(judged.ap_of_faces(s, [](std::size_t, std::size_t) { return true; }),
                  f.result.settings[s].ap, 1e-12);
    }
  }
}

TEST(Study, SamplerOfARankingIsAveragePrecision) {
  base::Random random(8);
  std::vector<geometry::ImageRecord> records(30);
  std::vector<std::vector<Detection>> found(records.size());
  for (std::size_t i = 0; i < records.size(); ++i)
    for (int k = 0; k < 6; ++k) {
      const float x = random.uniform(0, 900), side = random.uniform(12, 80);
      geometry::Annotation& face = records[i].annotations.emplace_back();
      face.box = {x, 0, x + side, side};
      face.ignore = k == 5;
      const float shift = random.uniform(0, side);
      found[i].push_back({{x + shift, 0, x + shift + side, side}, random.uniform()});
    }
  const Comparison comparison(records, found);
  const ApSampler sampler = ApSampler::voc(comparison.images());
  EXPECT_NEAR(sampler.ap(), average_precision(comparison.images()), 1e-12);
  // An image drawn twice counts like an image that is there twice.
  std::vector<std::uint32_t> times(records.size(), 1);
  times[4] = 2;
  times[7] = 0;
  records[7] = records[4];
  found[7] = found[4];
  EXPECT_NEAR(sampler.ap(times), average_precision(Comparison(records, found).images()), 1e-9);
}

TEST(Study, PartsAddUp) {
  for (const std::string kind : {"detections_fine", "detections_coarse"}) {
    const Fixture f(kind);
    const JudgedSet judged(f.set, ApKind::wider, f.result.scores);
    constexpr std::size_t hard = 2;
    for (const double score : {0.1, 0.5, 0.7}) {
      std::size_t found = 0, alarms = 0;
      for (const JudgedBox& b : judged.judgement(hard).boxes)
        if (b.score >= score) ++(b.verdict == Verdict::hit ? found : alarms);
      std::vector<PartTable> tables = by_attribute(judged, hard, score);
      ASSERT_EQ(tables.size(), 1U) << "the others say nothing";
      tables.push_back(by_event(judged, hard, score));
      tables.push_back(by_size(judged, hard, score));
      for (const PartTable& table : tables) {
        SCOPED_TRACE(table.title);
        PartRow sum;
        for (const PartRow& row : table.rows) {
          sum.images += row.images;
          sum.faces += row.faces;
          sum.found += row.found;
          sum.false_alarms += row.false_alarms;
        }
        EXPECT_GT(table.rows.size(), 1U);
        EXPECT_EQ(sum.faces, f.result.settings[hard].faces);
        EXPECT_EQ(sum.found, found);
        if (!table.of_images) continue;
        EXPECT_EQ(sum.images, f.result.settings[hard].images);
        EXPECT_EQ(sum.false_alarms, alarms);
      }
    }
  }
}

TEST(Study, AnEventIsASetOfItsOwn) {
  const Fixture f("detections_fine");
  const JudgedSet judged(f.set, ApKind::wider, f.result.scores);
  const PartTable events = by_event(judged, 2, 0.5);
  ASSERT_EQ(events.rows.size(), 3U);
  EXPECT_EQ(events.rows[0].name, "0--Parade");
  // Evaluated alone, the thresholds lie between the event's own scores, so its range is given.
  WiderGroundTruth alone;
  std::vector<ImageDetections> found;
  for (const WiderImage& image : f.truth.images)
    if (image.event == "0--Parade") alone.images.push_back(image);
  for (ImageDetections& d : read_result_files(fixtures / "detections_fine")) found.push_back(d);
  EvaluatedSet set = f.set;
  const auto first = std::find_if(set.names.begin(), set.names.end(), [](const std::string& name) {
    return !name.starts_with("0--Parade");
  });
  const auto count = static_cast<std::size_t>(first - set.names.begin());
  set.names.resize(count);
  for (FaceSetting& setting : set.settings) setting.counts.resize(count);
  const JudgedSet part(set, ApKind::wider, f.result.scores);
  for (std::size_t s = 0; s < wider_settings.size(); ++s)
    EXPECT_NEAR(events.rows[0].ap[s], part.sampler(s).ap(), 1e-12);
}

TEST(Study, ThresholdsAndCurves) {
  const Fixture f("detections_fine");
  const JudgedSet judged(f.set, ApKind::wider, f.result.scores);
  const ThresholdTable table = threshold_table(judged, 2);
  ASSERT_EQ(table.rows.size(), 9U);
  const std::vector<CurvePoint> curve = curve_of(judged, 2, 1000);
  for (const ThresholdRow& row : table.rows) {
    double hits = 0, alarms = 0;
    for (const JudgedBox& b : judged.judgement(2).boxes)
      if (b.score >= row.at.threshold) ++(b.verdict == Verdict::hit ? hits : alarms);
    EXPECT_NEAR(row.at.recall, hits / static_cast<double>(judged.judgement(2).faces), 1e-12);
    EXPECT_NEAR(row.false_alarms_per_image, alarms / static_cast<double>(judged.images()), 1e-12);
    EXPECT_LE(row.at.f1(), table.recommended.at.f1() + 0.0051);
  }
  EXPECT_TRUE(
      std::is_sorted(curve.begin(), curve.end(),
                     [](const CurvePoint& a, const CurvePoint& b) { return a.score > b.score; }));
  EXPECT_NEAR(curve.back().recall, f.result.settings[2].recall.back(), 1e-12);
  EXPECT_FALSE(judged_scores(judged, 2).empty());
}

TEST(Study, ScoresOfAnyScaleHaveThresholds) {
  Fixture f("detections_fine");
  for (auto& boxes : f.set.boxes)
    for (ScoredBox& b : boxes) b.score = 100 * b.score - 20;
  const JudgedSet judged(f.set, ApKind::ranked, {});
  const ThresholdTable table = threshold_table(judged, 2);
  EXPECT_GE(table.rows.size(), 5U);
  EXPECT_GT(table.recommended.at.f1(), 0.5);
  EXPECT_TRUE(judged_scores(judged, 2).empty()) << "these are no probabilities";
}

/// Images with one face each, of which `missed` are not found; no false positives.
ApSampler coin(std::size_t images, std::size_t missed) {
  std::vector<std::vector<GroundTruthBox>> truth(images, {{{0, 0, 10, 10}}});
  std::vector<std::vector<Detection>> found(images);
  for (std::size_t i = missed; i < images; ++i) found[i].push_back({{0, 0, 10, 10}, 0.5F});
  std::vector<ImageEvaluation> all;
  for (std::size_t i = 0; i < images; ++i) all.push_back({found[i], truth[i]});
  return ApSampler::voc(all);
}

TEST(Bootstrap, AMeanHasTheIntervalThatItShouldHave) {
  // AP is the share found, a binomial proportion: deviation sqrt(p (1 - p) / n).
  const ApSampler figure = coin(400, 100);
  const Interval interval = bootstrap({&figure, 1}, {.samples = 2000}).front();
  EXPECT_NEAR(interval.value, 0.75, 1e-12);
  const double deviation = std::sqrt(0.75 * 0.25 / 400);
  EXPECT_NEAR(interval.low, 0.75 - 1.96 * deviation, 0.006);
  EXPECT_NEAR(interval.high, 0.75 + 1.96 * deviation, 0.006);
}

TEST(Bootstrap, DoesNotDependOnThreads) {
  const ApSampler figure = coin(50, 20);
  const Interval one = bootstrap({&figure, 1}, {.samples = 100, .threads = 1}).front();
  const Interval two = bootstrap({&figure, 1}, {.samples = 100, .threads = 3}).front();
  EXPECT_EQ(one.low, two.low);
  EXPECT_EQ(one.high, two.high);
  const auto times = draw_images(50, 1, 7);
  EXPECT_EQ(std::accumulate(times.begin(), times.end(), 0U), 50U);
}

TEST(Bootstrap, PairsSeeWhatSingleFiguresDoNot) {
  // b misses what a misses and ten more of 400: well within either interval, yet real.
  const ApSampler a = coin(400, 100), b = coin(400, 110);
  const Interval alone = bootstrap({&a, 1}, {}).front();
  EXPECT_LT(alone.low, b.ap());
  const PairedDifference d = paired_bootstrap({&a, 1}, {&b, 1}, {}).front();
  EXPECT_NEAR(d.difference(), -0.025, 1e-12);
  EXPECT_TRUE(d.is_real()) << d.chance;
  EXPECT_LT(d.high, 0);
  const PairedDifference same = paired_bootstrap({&a, 1}, {&a, 1}, {}).front();
  EXPECT_EQ(same.chance, 1);
  EXPECT_FALSE(same.is_real());
}

TEST(Bootstrap, ATraceIsNoDifferenceHoweverSure) {
  // Ten more of 40,000 are missed: certain, but negligible.
  const ApSampler a = coin(40'000, 10'000), b = coin(40'000, 10'010);
  const PairedDifference d = paired_bootstrap({&a, 1}, {&b, 1}, {}).front();
  EXPECT_NEAR(d.difference(), -0.00025, 1e-12);
  EXPECT_LT(d.chance, real_difference);
  EXPECT_FALSE(d.is_real());
}

}  // namespace
}  // namespace faceshot::evaluate::study_test
