// Validation gives the figures of `faceshot evaluate` on the exported network.
#include "train/validation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "data/test_folder.hpp"
#include "evaluate/ap_by_height.hpp"
#include "evaluate/by_class.hpp"
#include "export/exporter.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/error.hpp"
#include "media/opencv.hpp"
#include "model/torch_network.hpp"
#include "train/noise_set.hpp"
#include "train/record/checkpoint.hpp"
#include "train/start/training_data.hpp"
#include "train/trainer.hpp"

namespace faceshot::train {
namespace {

using data::PreparedSet;
using data::read_prepared;
using data::write_prepared;
using geometry::ImageRecord;

class ValidationTest : public ::testing::Test {
 protected:
  void SetUp() override { csv_ = testing::make_noise_set(folder_ / "data").string(); }

  Config config(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all{
        "data.train=" + csv_, "data.val_fraction=0",  "train.epochs=8",
        "train.batch_size=8", "train.threads=1",      "train.warmup_steps=0",
        "augment.size=96",    "augment.policy=[]",    "train.learning_rate=3e-3",
        "train.ema_decay=0",  "train.precision=fp32", "train.tensorboard.every=0"};
    all.insert(all.end(), more.begin(), more.end());
    return parse_config("", "test", all);
  }

  /// The noise set's pictures in various sizes, some larger than `side`, some smaller.
  PreparedSet mixed_sizes() const {
    PreparedSet set = read_prepared(csv_);
    for (std::size_t i = 0; i < set.records.size(); ++i) {
      ImageRecord& record = set.records[i];
      const cv::Mat image = media::read_mat(set.images_dir / record.image);
      const double scale_x = 0.5 + 0.17 * static_cast<double>(i % 7);
      const double scale_y = 0.5 + 0.23 * static_cast<double>(i % 5);
      cv::Mat resized;
      cv::resize(image, resized, {}, scale_x, scale_y, cv::INTER_LINEAR);
      record.image = "mixed" + std::to_string(i) + ".png";
      media::write_mat(set.images_dir / record.image, resized);
      const auto x = static_cast<float>(resized.cols) / static_cast<float>(image.cols);
      const auto y = static_cast<float>(resized.rows) / static_cast<float>(image.rows);
      record.width = resized.cols;
      record.height = resized.rows;
      for (geometry::Annotation& a : record.annotations)
        a.box = {a.box.x1 * x, a.box.y1 * y, a.box.x2 * x, a.box.y2 * y};
    }
    return set;
  }

  testing::TestFolder folder_;
  std::string csv_;
  const std::atomic<bool> stop_ = false;
};

std::vector<std::vector<Detection>> detect(const Detector& detector, const PreparedSet& set) {
  std::vector<std::vector<Detection>> found;
  for (const ImageRecord& record : set.records) {
    const cv::Mat image = media::read_mat(set.images_dir / record.image);
    found.push_back(detector.detect(media::view_of(image)));
  }
  return found;
}

TEST_F(ValidationTest, AgreesWithTheDetectorOfTheExportedNetwork) {
  const Config trained = config();
  ASSERT_TRUE(start_training(trained, folder_ / "run", {}, stop_).completed);
  const Checkpoint best = load_checkpoint(folder_ / "run" / "best.pt");
  const auto onnx = folder_ / "network.onnx";
  (void)exporter::export_network(best, onnx);
  const PreparedSet set = mixed_sizes();
  PreparedSet negatives = set;
  std::erase_if(negatives.records, [](const ImageRecord& r) { return !r.annotations.empty(); });
  ASSERT_EQ(negatives.records.size(), 8U);

  for (const int side : {128, 640}) {  // reduced, and unchanged: nothing is enlarged
    SCOPED_TRACE(side);
    Config c = trained;
    c.train.validate_side = side;
    model::TorchNetwork network(network::make_network(c.model), 0);
    network.load(best.best_weights());
    const ValidationResult ours = validate_network(network, set, negatives, c, 1);

    const Detector detector(onnx.string(), {.score_threshold = c.train.validate_score,
                                            .nms_threshold = c.train.validate_nms,
                                            .max_side = side});
    const auto found = detect(detector, set);
    std::vector<std::vector<evaluate::GroundTruthBox>> truth(set.records.size());
    std::vector<evaluate::ImageEvaluation> images;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      for (const geometry::Annotation& a : set.records[i].annotations)
        truth[i].push_back({a.box, a.ignore});
      images.push_back({found[i], truth[i]});
    }
    EXPECT_GT(ours.ap, side == 128 ? 0.05 : 0.02) << "nothing was learned: it means little";
    EXPECT_NEAR(ours.ap, evaluate::average_precision(images), 0.003);
    const evaluate::ApByHeight heights = evaluate::ap_by_height(images);
    for (std::size_t h = 0; h < evaluate::face_heights.size(); ++h)
      EXPECT_NEAR(ours.by_height.of[h].ap, heights.of[h].ap, 0.003);
    EXPECT_NEAR(ours.by_height.mean, heights.mean, 0.003);
    EXPECT_EQ(ours.examples.size(), 16U);
    for (std::size_t i = 0; i < ours.examples.size(); ++i) {
      ASSERT_EQ(ours.examples[i].detections.size(), found[i].size()) << i;
      // Two with equal scores may be swapped.
      for (const Detection& d : ours.examples[i].detections)
        EXPECT_TRUE(std::any_of(found[i].begin(), found[i].end(), [&](const Detection& other) {
          return std::abs(d.score - other.score) < 1e-3F && iou(d.box, other.box) > 0.99F;
        })) << i;
    }
    std::vector<evaluate::ImageEvaluation> without_faces;
    const auto alarms = detect(detector, negatives);
    for (const auto& detections : alarms) without_faces.push_back({detections, {}});
    const evaluate::RecallPoint point =
        evaluate::score_at_recall(images, evaluate::alarm_height, evaluate::alarm_recall);
    ASSERT_TRUE(ours.false_alarms);
    EXPECT_NEAR(*ours.false_alarms, evaluate::false_alarms_per_image(without_faces, point.score),
                0.13);
  }
}

TEST_F(ValidationTest, AgreesWithTheDetectorOfSeveralClasses) {
  PreparedSet set = read_prepared(csv_);
  set.classes = {"square", "large"};
  for (ImageRecord& record : set.records)
    for (geometry::Annotation& a : record.annotations) a.class_id = a.box.width() > 36 ? 1 : 0;
  std::filesystem::create_directories(folder_ / "two");
  std::filesystem::create_directory_symlink(set.images_dir, folder_ / "two" / "images");
  write_prepared(folder_ / "two", "train", set, "made by a test");
  set = read_prepared(folder_ / "two" / "train.csv");
  const Config wanted = config({"data.train=" + (folder_ / "two" / "train.csv").string(),
                                "model.one_label=true", "loss.class_loss=varifocal"});
  ASSERT_TRUE(start_training(wanted, folder_ / "run", {}, stop_).completed);
  const Checkpoint best = load_checkpoint(folder_ / "run" / "best.pt");
  (void)exporter::export_network(best, folder_ / "network.onnx");
  const Config trained = parse_config(best.config, "best.pt");
  EXPECT_EQ(trained.model.classes, set.classes);

  model::TorchNetwork network(network::make_network(trained.model), 0);
  network.load(best.best_weights());
  const ValidationResult ours = validate_network(network, set, {}, trained, 1);
  const Detector detector((folder_ / "network.onnx").string(),
                          {.score_threshold = trained.train.validate_score,
                           .nms_threshold = trained.train.validate_nms});
  EXPECT_EQ(detector.info().classes, set.classes);
  EXPECT_TRUE(detector.info().one_label);
  const auto found = detect(detector, set);
  EXPECT_TRUE(std::any_of(found.begin(), found.end(), [](const auto& of_image) {
    return std::any_of(of_image.begin(), of_image.end(),
                       [](const Detection& d) { return d.label == 1; });
  })) << "both classes must be seen for this to mean anything";
  const evaluate::ByClass by_class = evaluate::by_class(set.records, found, 2);
  const evaluate::Comparison pooled(by_class.records, by_class.detections);
  const evaluate::ClassFigures theirs = evaluate::figures_by_class(pooled, by_class, 0.5F);
  EXPECT_NEAR(ours.ap, theirs.all.ap, 0.003);
  ASSERT_EQ(ours.ap_by_class.size(), 2U);
  for (std::size_t c = 0; c < 2; ++c) EXPECT_NEAR(ours.ap_by_class[c], theirs.of[c].ap, 0.003) << c;
  EXPECT_NEAR(ours.by_height.mean, theirs.all.by_height.mean, 0.003);
}

TEST_F(ValidationTest, WithoutNegativesNoFalseAlarmsAreCounted) {
  const Config c = config();
  model::TorchNetwork network(network::make_network(c.model), 0);
  EXPECT_FALSE(validate_network(network, read_prepared(csv_), {}, c, 1).false_alarms);
}

TEST_F(ValidationTest, NegativesAreNotTrainedOnAndHaveNoFaces) {
  faceshot::testing::expect_error(ErrorCode::invalid_argument, "which is used for training", [&] {
    (void)load_training_data(config({"data.negatives=" + csv_}));
  });
  PreparedSet other = read_prepared(csv_);
  write_prepared(folder_ / "data", "val", other, "a test");
  const std::string negatives = "data.negatives=" + (folder_ / "data" / "val.csv").string();
  faceshot::testing::expect_error(ErrorCode::invalid_argument, "has a face in 1.png",
                                  [&] { (void)load_training_data(config({negatives})); });
  std::erase_if(other.records, [](const ImageRecord& r) { return !r.annotations.empty(); });
  write_prepared(folder_ / "data", "val", other, "a test");
  const TrainingData data = load_training_data(config({negatives}));
  EXPECT_EQ(data.negatives.records.size(), 8U);
  EXPECT_TRUE(std::filesystem::exists(data.negatives.records[0].image));
}

TEST_F(ValidationTest, ARunWatchesFalseAlarms) {
  PreparedSet other = read_prepared(csv_);
  std::erase_if(other.records, [](const ImageRecord& r) { return !r.annotations.empty(); });
  write_prepared(folder_ / "data", "val", other, "a test");
  const std::string negatives = "data.negatives=" + (folder_ / "data" / "val.csv").string();
  const std::string best = "train.checkpoint.best=val_false_alarms";
  faceshot::testing::expect_error(ErrorCode::invalid_argument, "data.negatives", [&] {
    (void)start_training(config({best, "data.val=" + csv_}), folder_ / "run", {}, stop_);
  });
  std::optional<double> alarms;
  bool was_best = false;
  const TrainListener listener{{}, {}, [&](const EpochMetrics& m) {
                                 alarms = m.val_false_alarms;
                                 was_best = m.best;
                               }};
  (void)start_training(
      config({best, "data.val=" + csv_, negatives, "train.epochs=1", "train.validate_side=128"}),
      folder_ / "run", listener, stop_);
  ASSERT_TRUE(alarms);
  EXPECT_TRUE(was_best);
  EXPECT_DOUBLE_EQ(load_checkpoint(folder_ / "run" / "best.pt").scalars.at("best"), *alarms);
}

}  // namespace
}  // namespace faceshot::train
