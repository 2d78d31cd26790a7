// The shipped network, fine-tuned from its ONNX file: the run starts with the file's own average
// precision and improves on held-out photographs. Photographs of shared/data.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <utility>
#include <vector>

#include "data/import/csv_boxes.hpp"
#include "data/import/import.hpp"
#include "data/test_folder.hpp"
#include "evaluate/comparison.hpp"
#include "faceshot/detector.hpp"
#include "media/opencv.hpp"
#include "train/start/training_data.hpp"
#include "train/trainer.hpp"

namespace faceshot::train {
namespace {

using data::PreparedSet;

namespace fs = std::filesystem;

const fs::path shared = FACESHOT_SHARED_DIR;
const fs::path model = FACESHOT_SOURCE_DIR "/models/faceshot-nano.onnx";

/// The same figure as validation during training, but by the detector on the file, in float32.
double engine_ap(const PreparedSet& set, const Config& config) {
  const Detector detector(model.string(),
                          {.score_threshold = static_cast<float>(config.train.validate_score),
                           .nms_threshold = static_cast<float>(config.train.validate_nms),
                           .max_side = config.train.validate_side});
  std::vector<std::vector<Detection>> found;
  for (const geometry::ImageRecord& record : set.records)
    found.push_back(
        detector.detect(media::view_of(media::read_mat(set.images_dir / record.image))));
  return evaluate::average_precision(evaluate::Comparison(set.records, std::move(found)).images());
}

TEST(FineTune, TheShippedFileStartsAtItsOwnApAndImproves) {
  const fs::path annotations = shared / "data/face_counting.csv";
  if (!fs::exists(annotations))
    GTEST_SKIP() << "SKIPPED: training on from the shipped file is NOT tested: there is no "
                 << annotations << " (set FACESHOT_SHARED_DATA)";
  const testing::TestFolder folder;
  PreparedSet set;
  set.images_dir = shared / "data";
  data::FlawLog flaws;
  set.records = data::import_images(data::read_csv_boxes(annotations, flaws).set.images,
                                    set.images_dir, annotations, flaws)
                    .records;
  data::write_prepared(folder / "faces", "train", set, "group photographs");
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
}  // namespace faceshot::train
