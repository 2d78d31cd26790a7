#include "evaluate/wider_protocol.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "evaluate/result_files.hpp"
#include "faceshot/error.hpp"

namespace faceshot::evaluate::wider_protocol_test {
namespace {

const std::filesystem::path fixtures =
    std::filesystem::path(FACESHOT_SOURCE_DIR) / "tests/evaluate/fixtures";

/// An image whose faces all count in "hard"; `easy` says which count in "easy" and "medium".
WiderImage make_image(const std::string& name, std::vector<geometry::Xywh> faces,
                      std::vector<char> easy) {
  const std::vector<char> all(faces.size(), 1);
  return {"event", name, std::move(faces), {easy, easy, all}};
}

const WiderCurve& easy(const WiderResult& r) { return r.settings[0]; }
const WiderCurve& hard(const WiderResult& r) { return r.settings[2]; }

ScoredBox at(double x, double score) { return {x, 0, 19, 19, score}; }
constexpr geometry::Xywh face_at(float x) { return {x, 0, 19, 19}; }

// Expected values were computed by scripts/check_wider_eval.py, which shares nothing with this
// code.
TEST(WiderProtocol, AgreesWithPythonOnSyntheticSets) {
  const WiderGroundTruth truth = read_wider_ground_truth(fixtures / "ground_truth");
  const auto expected = nlohmann::json::parse(std::ifstream(fixtures / "expected.json"));
  for (const std::string kind : {"fine", "coarse"}) {
    const auto detections = read_result_files(fixtures / ("detections_" + kind));
    const WiderResult result = evaluate_wider(truth, detections);
    EXPECT_EQ(result.images_scored + result.missing.size(), truth.images.size());
    EXPECT_EQ(result.missing.size(), kind == "fine" ? 0U : 5U);
    for (std::size_t s = 0; s < wider_settings.size(); ++s) {
      SCOPED_TRACE(kind + " " + std::string(wider_settings[s]));
      const auto& e = expected.at(kind).at(std::string(wider_settings[s]));
      EXPECT_NEAR(result.settings[s].ap, e.at("ap").get<double>(), 1e-9);
      EXPECT_EQ(result.settings[s].faces, e.at("faces").get<std::size_t>());
    }
  }
}

TEST(WiderProtocol, PerfectDetectionsHaveApOne) {
  const WiderGroundTruth truth = read_wider_ground_truth(fixtures / "ground_truth");
  std::vector<ImageDetections> detections;
  for (const WiderImage& image : truth.images) {
    detections.push_back({image.event, image.name, {}});
    for (const geometry::Xywh& f : image.faces)
      detections.back().boxes.push_back(
          {f.x, f.y, f.w, f.h, 0.5 + 0.001 * static_cast<double>(detections.size())});
  }
  const WiderResult result = evaluate_wider(truth, detections);
  for (const WiderCurve& curve : result.settings) {
    EXPECT_DOUBLE_EQ(curve.ap, 1.0);
    EXPECT_EQ(curve.precision.size(), wider_thresholds);
    EXPECT_EQ(curve.recall.size(), wider_thresholds);
    EXPECT_DOUBLE_EQ(curve.recall.back(), 1.0);
  }
}

TEST(WiderProtocol, FaceOutsideTheSettingIsNeitherHitNorFalseAlarm) {
  const WiderGroundTruth truth{{make_image("a", {face_at(0), face_at(100)}, {1, 0})}};
  const std::vector<ImageDetections> found{{"event", "a", {at(100, 0.9), at(0, 0.1)}}};
  const WiderResult result = evaluate_wider(truth, found);
  EXPECT_DOUBLE_EQ(easy(result).ap, 1.0);
  EXPECT_EQ(easy(result).faces, 1U);
  EXPECT_EQ(hard(result).faces, 2U);
  EXPECT_DOUBLE_EQ(hard(result).ap, 1.0);
  // Before the threshold reaches the second detection, nothing counts in "easy".
  EXPECT_DOUBLE_EQ(easy(result).precision[500], 0.0);
  EXPECT_DOUBLE_EQ(easy(result).recall[500], 0.0);
  EXPECT_DOUBLE_EQ(hard(result).recall[500], 0.5);
}

TEST(WiderProtocol, FalseAlarmsAndRepeatsLowerPrecision) {
  const WiderGroundTruth truth{{make_image("a", {face_at(0), face_at(100)}, {1, 1})}};
  // By score: hit, the same face again, hit. The curve: (0.5, 1), (0.5, 1/2), (1, 2/3).
  const std::vector<ImageDetections> again{{"event", "a", {at(0, 1), at(0, 0.5), at(100, 0)}}};
  EXPECT_NEAR(hard(evaluate_wider(truth, again)).ap, 0.5 + 0.5 * 2 / 3, 1e-12);
  const std::vector<ImageDetections> alarm{{"event", "a", {at(0, 1), at(500, 0.5), at(100, 0)}}};
  EXPECT_NEAR(hard(evaluate_wider(truth, alarm)).ap, 0.5 + 0.5 * 2 / 3, 1e-12);
}

TEST(WiderProtocol, ScoresAreNormalizedOverTheWholeSet) {
  const WiderGroundTruth truth{
      {make_image("a", {face_at(0)}, {1}), make_image("b", {face_at(0)}, {1})}};
  const auto curve = [&](double scale, double shift) {
    const std::vector<ImageDetections> found{
        {"event", "a", {at(0, 3 * scale + shift), at(300, 2 * scale + shift)}},
        {"event", "b", {at(0, 1 * scale + shift)}}};
    return hard(evaluate_wider(truth, found));
  };
  // 3, 2, 1 become 1, 0.5, 0: thresholds 0.999 .. 0.501, 0.5 .. 0.001 and 0.
  const WiderCurve c = curve(1, 0);
  EXPECT_DOUBLE_EQ(c.precision[498], 1.0);
  EXPECT_DOUBLE_EQ(c.precision[499], 0.5);
  EXPECT_DOUBLE_EQ(c.recall[998], 0.5);
  EXPECT_DOUBLE_EQ(c.recall[999], 1.0);
  EXPECT_DOUBLE_EQ(c.precision[999], 2.0 / 3);
  EXPECT_EQ(curve(100, 50).recall, c.recall);  // logits or per cent: the same
}

TEST(WiderProtocol, EqualScoresAreAllAdmittedAtOnce) {
  const WiderGroundTruth truth{{make_image("a", {face_at(0), face_at(100)}, {1, 1})}};
  for (const double score : {0.0, 0.7, 1.0}) {
    const std::vector<ImageDetections> found{{"event", "a", {at(500, score), at(0, score)}}};
    const WiderCurve curve = hard(evaluate_wider(truth, found));
    EXPECT_DOUBLE_EQ(curve.precision.back(), 0.5);
    EXPECT_DOUBLE_EQ(curve.recall.back(), 0.5);
    EXPECT_DOUBLE_EQ(curve.ap, 0.25);
  }
}

TEST(WiderProtocol, OverlapCountsOnePixelMore) {
  // 19 x 19 counts as 20 x 20. A box 9 wide counts as 10: IoU 10 / 20, just enough; in continuous
  // coordinates it would be 9 / 19 and missed.
  const WiderGroundTruth truth{{make_image("a", {face_at(0)}, {1})}};
  const std::vector<ImageDetections> half{{"event", "a", {{0, 0, 9, 19, 1}}}};
  EXPECT_DOUBLE_EQ(hard(evaluate_wider(truth, half)).ap, 1.0);
  const std::vector<ImageDetections> less{{"event", "a", {{0, 0, 8.9, 19, 1}}}};
  EXPECT_DOUBLE_EQ(hard(evaluate_wider(truth, less)).ap, 0.0);
}

TEST(WiderProtocol, ImagesWithoutFaces) {
  const WiderGroundTruth truth{{make_image("a", {face_at(0)}, {1}),
                                make_image("no_easy", {face_at(0)}, {0}),
                                make_image("no_faces", {}, {})}};
  // Official: a false positive where faces are labelled counts, even if none is in the setting; an
  // image without any label is skipped.
  const std::vector<ImageDetections> found{{"event", "a", {at(0, 0.1)}},
                                           {"event", "no_easy", {at(500, 0.9)}},
                                           {"event", "no_faces", {at(0, 0.9), at(500, 0.9)}}};
  const WiderResult result = evaluate_wider(truth, found);
  EXPECT_DOUBLE_EQ(easy(result).ap, 0.5);
  EXPECT_EQ(easy(result).images, 1U);
  EXPECT_EQ(result.images_scored, 3U);
  EXPECT_EQ(result.detections, 4U);
}

TEST(WiderProtocol, ImagesThatAreNotThere) {
  const WiderGroundTruth truth{
      {make_image("a", {face_at(0)}, {1}), make_image("b", {face_at(0), face_at(50)}, {1, 1})}};
  const std::vector<ImageDetections> only_a{{"event", "a", {at(0, 0.1)}},
                                            {"event", "stranger", {at(0, 100)}}};
  const WiderResult result = evaluate_wider(truth, only_a);
  EXPECT_DOUBLE_EQ(hard(result).ap, 1.0);
  EXPECT_EQ(hard(result).faces, 1U);
  EXPECT_EQ(result.missing, std::vector<std::string>{"event/b"});
  EXPECT_EQ(result.unknown, std::vector<std::string>{"event/stranger"});
  // A file without detections: its faces count.
  const std::vector<ImageDetections> empty_b{{"event", "a", {at(0, 0.1)}}, {"event", "b", {}}};
  EXPECT_DOUBLE_EQ(hard(evaluate_wider(truth, empty_b)).ap, 1.0 / 3);
}

TEST(WiderProtocol, NothingDetected) {
  const WiderGroundTruth truth{{make_image("a", {face_at(0)}, {0})}};
  const std::vector<ImageDetections> nothing{{"event", "a", {}}};
  const WiderResult result = evaluate_wider(truth, nothing);
  EXPECT_DOUBLE_EQ(hard(result).ap, 0.0);
  EXPECT_EQ(hard(result).faces, 1U);
  EXPECT_EQ(easy(result).faces, 0U);
  EXPECT_DOUBLE_EQ(easy(result).ap, 0.0);
  EXPECT_DOUBLE_EQ(easy(result).recall.back(), 0.0);
}

TEST(WiderProtocol, RefusesDuplicatesAndNonNumbers) {
  const WiderGroundTruth truth{{make_image("a", {face_at(0)}, {1})}};
  const std::vector<ImageDetections> twice{{"event", "a", {}}, {"event", "a", {}}};
  EXPECT_THROW((void)evaluate_wider(truth, twice), Error);
  const std::vector<ImageDetections> nan{
      {"event", "a", {at(0, std::numeric_limits<double>::quiet_NaN())}}};
  EXPECT_THROW((void)evaluate_wider(truth, nan), Error);
}

}  // namespace
}  // namespace faceshot::evaluate::wider_protocol_test
