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
  // Two validations, and ten epochs at these paces.
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

}  // namespace
}  // namespace faceshot::train
