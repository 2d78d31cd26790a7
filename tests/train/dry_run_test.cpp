#include "train/start/dry_run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "data/test_folder.hpp"
#include "faceshot/error.hpp"
#include "train/noise_set.hpp"

namespace faceshot::train {
namespace {

class DryRunTest : public ::testing::Test {
 protected:
  void SetUp() override { csv_ = testing::make_noise_set(folder_ / "data").string(); }

  Config config(const std::vector<std::string>& overrides = {}) const {
    std::vector<std::string> all{
        "data.train=" + csv_, "data.val_fraction=0.3",   "train.epochs=10", "train.batch_size=2",
        "train.threads=1",    "train.validate_side=128", "augment.size=64"};
    all.insert(all.end(), overrides.begin(), overrides.end());
    return parse_config("", "test", all);
  }

  testing::TestFolder folder_;
  std::string csv_;
};

TEST_F(DryRunTest, TellsWhatARunWouldBe) {
  const auto before = std::filesystem::current_path();
  const DryRun r = dry_run(config(), {});
  EXPECT_EQ(r.train_images + r.val_images, 24U);
  EXPECT_EQ(r.steps_per_epoch, static_cast<std::int64_t>(r.train_images / 2));
  EXPECT_EQ(r.epochs, 10);
  EXPECT_GT(r.images_per_second, 0);
  EXPECT_LE(r.first_images_per_second, r.images_per_second);
  EXPECT_GT(r.validation_seconds, 0);
  // Two validations, and ten epochs at these speeds.
  const auto images = static_cast<double>(r.steps_per_epoch * 2);
  EXPECT_NEAR(r.total_seconds,
              images / r.first_images_per_second + 9 * images / r.images_per_second +
                  2 * r.validation_seconds,
              1e-9);
  EXPECT_GE(r.expected_memory, r.peak_memory + 3 * 120 * 160);
  EXPECT_EQ(r.checkpoint_size, r.parameters * 16);
  const auto has = [&](const char* name) {
    return std::find(r.callbacks.begin(), r.callbacks.end(), name) != r.callbacks.end();
  };
  EXPECT_TRUE(has("validation"));
  EXPECT_FALSE(has("early_stopping"));
  EXPECT_FALSE(std::filesystem::exists(before / "last.pt"));
  EXPECT_FALSE(std::filesystem::exists(before / "diverged"));
}

TEST_F(DryRunTest, FindsWhatWouldFailLater) {
  EXPECT_THROW(
      (void)dry_run(config({"train.early_stopping.metric=val_ap", "data.val_fraction=0"}), {}),
      Error);
  EXPECT_THROW((void)dry_run(config({"data.test=nothing.csv"}), {}), Error);
}

/// The set with its boxes distributed over this many classes.
std::string with_classes(const std::string& csv, const std::filesystem::path& dir, int classes) {
  data::PreparedSet set = data::read_prepared(csv);
  set.classes.clear();
  for (int c = 0; c < classes; ++c) set.classes.push_back("class" + std::to_string(c));
  int next = 0;
  for (geometry::ImageRecord& record : set.records)
    for (geometry::Annotation& a : record.annotations) a.class_id = next++ % classes;
  std::filesystem::create_directories(dir);
  std::filesystem::create_directory_symlink(set.images_dir, dir / "images");
  data::write_prepared(dir, "train", set, "made by a test");
  return (dir / "train.csv").string();
}

TEST_F(DryRunTest, EveryConfigTrainsOnAnyNumberOfClasses) {
  std::vector<std::string> sets;
  for (const int classes : {1, 3, 20})
    sets.push_back(with_classes(csv_, folder_ / ("classes" + std::to_string(classes)), classes));
  for (const auto& entry : std::filesystem::directory_iterator(FACESHOT_SOURCE_DIR "/configs")) {
    if (entry.path().extension() != ".toml") continue;
    std::vector<std::int64_t> parameters;
    for (const std::string& csv : sets) {
      std::vector<std::string> overrides{"data.train=" + csv,    "data.val_fraction=0.3",
                                         "data.workers=0",       "data.samples_per_epoch=4",
                                         "train.batch_size=2",   "train.threads=1",
                                         "train.precision=fp32", "model.init.file="};
      // Narrower versions of wide ones: the layers are the same.
      const std::string backbone = read_config(entry.path()).model.backbone;
      if (backbone == "vgg16" || backbone == "resnet50" || backbone == "inception_v3")
        overrides.push_back("model.alpha=0.125");
      SCOPED_TRACE(entry.path().filename().string() + ", " + csv);
      std::string notes;
      const DryRun r = dry_run(read_config(entry.path(), overrides),
                               [&](const std::string& line) { notes += line + '\n'; });
      EXPECT_EQ(notes.find("classes: class0 (") != std::string::npos, csv != sets.front()) << notes;
      EXPECT_EQ(r.steps_per_epoch, 2);
      EXPECT_GT(r.validation_seconds, 0);
      parameters.push_back(r.parameters);
    }
    // One more predictor for each class and prior.
    EXPECT_EQ(2 * (parameters.at(2) - parameters.at(1)), 17 * (parameters.at(1) - parameters.at(0)))
        << entry.path();
  }
}

}  // namespace
}  // namespace faceshot::train
