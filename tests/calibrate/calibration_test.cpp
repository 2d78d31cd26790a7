// Drawn people, whose boxes are known exactly, and the shipped network.
#include "calibrate/calibration.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "calibrate/candidates.hpp"
#include "data/test_folder.hpp"
#include "detect/tiny_model.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/error.hpp"
#include "media/opencv.hpp"
#include "synth/synthetic_set.hpp"

namespace faceshot::calibrate {
namespace {

using data::PreparedSet;
using geometry::ImageRecord;
using media::read_mat;
using media::view_of;

namespace fs = std::filesystem;
using testing::expect_error;
using testing::TestFolder;

const std::string model = std::string(FACESHOT_SOURCE_DIR) + "/models/faceshot-nano.onnx";

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Network load(const std::string& onnx) {
  return Network::from_bytes(std::as_bytes(std::span(onnx)), "test");
}

PreparedSet drawn_people(const fs::path& dir, std::size_t count) {
  synth::write_synthetic_set(dir,
                             [](base::Random& random) { return synth::render_scene({}, random); },
                             {.count = count, .seed = 7, .threads = 2, .source = "drawn"});
  return data::read_prepared(dir / "train.csv");
}

/// Both lists by descending score. Rounding may have swapped neighbours, and of duplicates with
/// almost the same score the other one may have been kept.
void expect_same(const std::vector<Detection>& got, const std::vector<Detection>& wanted,
                 float tolerance) {
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_NEAR(got[i].score, wanted[i].score, tolerance) << i;
    EXPECT_TRUE(std::any_of(wanted.begin(), wanted.end(), [&](const Detection& w) {
      return iou(w.box, got[i].box) > 0.6F;
    })) << i;
  }
}

TEST(Calibration, LooksAtPhotographsAsTheDetectorDoes) {
  const TestFolder folder;
  const PreparedSet set = drawn_people(folder / "set", 3);
  const Network network = Network::load(model);
  ModelInfo info = ModelInfo::of(network, model);
  info.box_voting = false;  // as in a calibrated file
  const std::vector<PlattMap> as_it_is(prior_kinds(info.priors));
  for (const int max_side : {500, 0}) {
    const CandidateReader reader(network, info, max_side, 0.02F);
    const Detector detector(Network::load(model), info,
                            {.score_threshold = 0.02F, .max_side = max_side});
    for (const ImageRecord& record : set.records) {
      const cv::Mat image = read_mat(set.images_dir / record.image);
      const auto kept = keep_candidates(reader.read(view_of(image)), as_it_is, 0.45F);
      const auto wanted = detector.detect(view_of(image));
      ASSERT_FALSE(wanted.empty());
      expect_same(kept.detections, wanted, 1e-6F);
    }
  }
}

TEST(Calibration, DetectionsOfOneKindOfPriorKeepTheirOrder) {
  const TestFolder folder;
  const PreparedSet set = drawn_people(folder / "set", 1);
  const Network network = Network::load(model);
  const ModelInfo info = ModelInfo::of(network, model);
  const CandidateReader reader(network, info, 640, 0.01F);
  const cv::Mat image = read_mat(set.images_dir / set.records[0].image);
  const ImageCandidates candidates = reader.read(view_of(image));
  std::vector<PlattMap> maps(prior_kinds(info.priors));
  for (std::size_t k = 0; k < maps.size(); ++k)
    maps[k] = {0.1 + 0.2 * static_cast<double>(k), 1 - 0.3 * static_cast<double>(k)};
  const auto kept = keep_candidates(candidates, maps, 1);  // nothing is suppressed
  ASSERT_GT(kept.candidate.size(), 20U);
  std::vector<float> last(maps.size(), HUGE_VALF);
  for (const std::size_t i : kept.candidate) {
    const Candidate& c = candidates.candidates[i];
    EXPECT_LE(c.logit, last[c.kind]);
    last[c.kind] = c.logit;
  }
}

TEST(Calibration, MakesScoresProbabilitiesAndTheFileGivesThem) {
  const TestFolder folder;
  const PreparedSet set = drawn_people(folder / "set", 25);
  const std::string original = bytes_of(model);
  const Network network = load(original);
  const ModelInfo info = ModelInfo::of(network, model);
  CalibrationOptions options;
  options.threads = 2;
  std::size_t last = 0;
  const Calibration calibration =
      calibrate(network, info, {&set, 1}, options, [&](std::size_t done, std::size_t total) {
        EXPECT_EQ(done, ++last);
        EXPECT_EQ(total, 25U);
      });
  EXPECT_EQ(last, 25U);
  EXPECT_EQ(calibration.images, 25U);
  EXPECT_GT(calibration.faces, 25U);
  EXPECT_LT(calibration.after.reliability.expected_error,
            calibration.before.reliability.expected_error);
  EXPECT_LT(calibration.after.reliability.expected_error, 0.06);
  EXPECT_LT(calibration.after.reliability.brier_score, calibration.before.reliability.brier_score);
  EXPECT_GT(calibration.after.average_precision, calibration.before.average_precision - 0.02);
  EXPECT_EQ(calibration.table.size(), 7U);

  options.threads = 1;
  EXPECT_EQ(calibrate(network, info, {&set, 1}, options).maps, calibration.maps)
      << "one thread gives the same";

  const std::vector<std::string> names{"drawn/train.csv"};
  const std::string file = calibrated_file(original, info, calibration, options, names);
  const Detector detector(load(file));
  EXPECT_FALSE(detector.info().box_voting);
  const auto threshold = static_cast<float>(calibration.threshold.threshold);
  EXPECT_EQ(detector.info().default_threshold, threshold);
  EXPECT_EQ(detector.options().score_threshold, threshold);
  const auto summary = nlohmann::json::parse(detector.info().notes.at("faceshot.calibration"));
  EXPECT_EQ(summary["sets"][0], "drawn/train.csv");
  EXPECT_EQ(summary["images"], 25);
  EXPECT_EQ(summary["precision_recall"].size(), 7U);

  const CandidateReader reader(network, info, 640, 0.01F);
  for (const ImageRecord& record : set.records) {
    const cv::Mat image = read_mat(set.images_dir / record.image);
    auto wanted = keep_candidates(reader.read(view_of(image)), calibration.maps, 0.45F).detections;
    std::erase_if(wanted, [&](const Detection& d) { return d.score < threshold; });
    expect_same(detector.detect(view_of(image)), wanted, 1e-4F);
  }
}

TEST(Calibration, SaysWhyItCannot) {
  const TestFolder folder;
  PreparedSet set = drawn_people(folder / "set", 2);
  const Network network = Network::load(model);
  const ModelInfo info = ModelInfo::of(network, model);
  const auto run = [&](const ModelInfo& of, const CalibrationOptions& options = {}) {
    return [&, of, options] { (void)calibrate(network, of, {&set, 1}, options); };
  };
  expect_error(ErrorCode::invalid_argument, "score floor", run(info, {.score_floor = 0}));
  expect_error(ErrorCode::invalid_argument, "threads", run(info, {.threads = 0}));
  expect_error(ErrorCode::format, "needed for a fit", run(info));
  ModelInfo other = info;
  other.classes = {"face", "head"};
  expect_error(ErrorCode::unsupported, "2 classes", run(other));
  other = info;
  other.probabilities = true;
  expect_error(ErrorCode::unsupported, "softmax", run(other));
  other = info;
  other.head = HeadType::ultraface;
  expect_error(ErrorCode::unsupported, "not an SSD", run(other));
  other = info;
  other.classes = {"cat"};
  expect_error(ErrorCode::format, "'cat'", run(other));

  const auto faces = set.records;
  for (ImageRecord& record : set.records) record.annotations.clear();
  expect_error(ErrorCode::format, "no labelled faces", run(info));
  set.records = faces;
  set.records[1].width += 1;
  expect_error(ErrorCode::format, "as the set says", run(info));
  set.records[1].image = "gone.jpg";
  expect_error(ErrorCode::not_found, "gone.jpg", run(info));
  set.records.clear();
  expect_error(ErrorCode::format, "no photographs", run(info));
}

}  // namespace
}  // namespace faceshot::calibrate
