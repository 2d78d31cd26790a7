// The network that FaceShot ships, trained on from its ONNX file: the run starts at the file's own
// average precision, and improves on photographs that it holds out. Photographs of shared/data.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <opencv2/imgproc.hpp>

#include "data/import/csv_boxes.hpp"
#include "data/import/import.hpp"
#include "data/test_folder.hpp"
#include "detect/heads/decoder.hpp"
#include "evaluate/average_precision.hpp"
#include "faceshot/model_info.hpp"
#include "faceshot/network.hpp"
#include "loss/prior_grid.hpp"
#include "media/image_file.hpp"
#include "train/start/training_data.hpp"
#include "train/trainer.hpp"

namespace faceshot {
namespace {

namespace fs = std::filesystem;

const fs::path shared = FACESHOT_SHARED_DIR;
const fs::path model = FACESHOT_SOURCE_DIR "/models/faceshot-nano.onnx";

/// What validation during training measures, by the engine on the file, in float32.
double engine_ap(const PreparedSet& set, const Config& config) {
  const int side = config.train.validate_side;
  const Network network = Network::load(model.string());
  const ModelInfo info = ModelInfo::from_metadata(network.metadata());
  Session session(network, {1, 3, side, side}, 1);
  std::vector<FeatureSize> features;
  for (const std::string& feature : info.features) {
    const auto shape = session.tensor_shape(feature);
    features.push_back({static_cast<int>(shape[3]), static_cast<int>(shape[2])});
  }
  const PriorGrid grid = make_prior_grid(info.priors, side, side, features);

  std::vector<std::vector<Detection>> detections;
  std::vector<std::vector<GroundTruthBox>> truth;
  for (const ImageRecord& record : set.records) {
    const cv::Mat image = read_image(set.images_dir / record.image);
    const float scale =
        static_cast<float>(side) / static_cast<float>(std::max(image.cols, image.rows));
    cv::Mat square(side, side, CV_8UC3, cv::Scalar::all(127));
    const cv::Size size(std::clamp(cvRound(static_cast<float>(image.cols) * scale), 1, side),
                        std::clamp(cvRound(static_cast<float>(image.rows) * scale), 1, side));
    cv::resize(image, square(cv::Rect({0, 0}, size)), size, 0, 0,
               scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
    for (int channel = 0, at = 0; channel < 3; ++channel)
      for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x, ++at)
          session.input()[at] = (static_cast<float>(square.at<cv::Vec3b>(y, x)[channel]) -
                                 info.mean[static_cast<std::size_t>(channel)]) *
                                info.scale[static_cast<std::size_t>(channel)];
    session.run();
    std::vector<Detection> candidates;
    decode_detections(session.output("loc").data, session.output("conf").data, nullptr, grid.priors,
                      info.priors.variances, 1, config.train.validate_score, 3000, candidates);
    detections.emplace_back();
    for (const std::size_t kept : nms(candidates, config.train.validate_nms))
      detections.back().push_back(candidates[kept]);
    truth.emplace_back();
    for (const Annotation& a : record.annotations) {
      const Box box{a.box.x1 * scale, a.box.y1 * scale, a.box.x2 * scale, a.box.y2 * scale};
      const bool small = std::min(box.width(), box.height()) < config.augment.min_face;
      truth.back().push_back({box, a.ignore || small});
    }
  }
  std::vector<ImageEvaluation> images;
  for (std::size_t i = 0; i < truth.size(); ++i) images.push_back({detections[i], truth[i]});
  return average_precision(images);
}

TEST(FineTune, TheShippedFileStartsAtItsOwnApAndImproves) {
  const fs::path annotations = shared / "data/face_counting.csv";
  if (!fs::exists(annotations))
    GTEST_SKIP() << "SKIPPED: training on from the shipped file is NOT tested: there is no "
                 << annotations << " (set FACESHOT_SHARED_DATA)";
  const testing::TestFolder folder;
  PreparedSet set;
  set.images_dir = shared / "data";
  set.records =
      import_images(read_csv_boxes(annotations).images, set.images_dir, annotations).records;
  write_prepared(folder / "faces", "train", set, "group photographs");
  fs::create_directory_symlink(fs::absolute(set.images_dir), folder / "faces" / "images");

  // 240 steps on two thirds of the photographs.
  const Config config = read_config(
      FACESHOT_SOURCE_DIR "/configs/faceshot-nano.toml",
      {"data.train=" + (folder / "faces" / "train.csv").string(), "data.val_fraction=0.33",
       "model.init.file=" + model.string(), "model.init.strict=true", "train.epochs=10",
       "train.learning_rate=3e-4", "train.warmup_steps=50", "train.validate_every=10"});
  const PreparedSet held_out = load_training_data(config).val;
  ASSERT_GT(held_out.records.size(), 300U);
  const double of_file = engine_ap(held_out, config);

  std::vector<EpochMetrics> rows;
  const std::atomic<bool> stop = false;
  const TrainOutcome outcome = start_training(
      config, folder / "run", {{}, {}, [&](const EpochMetrics& m) { rows.push_back(m); }}, stop);
  ASSERT_TRUE(outcome.completed);
  ASSERT_TRUE(rows.front().start && rows.front().val_ap);
  ASSERT_TRUE(rows.back().val_ap);
  std::printf("AP on %zu photographs: file %.4f, start %.4f, after %lld steps %.4f\n",
              held_out.records.size(), of_file, *rows.front().val_ap,
              static_cast<long long>(outcome.steps_done), *rows.back().val_ap);
  EXPECT_NEAR(*rows.front().val_ap, of_file, 0.003);
  EXPECT_GT(*rows.back().val_ap, of_file + 0.005);
}

}  // namespace
}  // namespace faceshot
