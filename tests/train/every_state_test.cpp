// Whatever the optimiser, the schedule and the callbacks: resumed from any checkpoint, a run ends
// bit for bit as one without a stop.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "data/test_folder.hpp"
#include "train/noise_set.hpp"
#include "train/record/checkpoint.hpp"
#include "train/trainer.hpp"

namespace faceshot::train {
namespace {

namespace fs = std::filesystem;

struct Case {
  const char* name;
  std::vector<std::string> overrides;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class EveryState : public ::testing::TestWithParam<Case> {
 protected:
  /// Three epochs of three steps, a checkpoint per step.
  Config config() const {
    std::vector<std::string> all{"data.train=" + csv_,       "data.val_fraction=0.3",
                                 "train.epochs=3",           "train.batch_size=5",
                                 "train.threads=1",          "train.validate_every=1",
                                 "train.validate_side=128",  "train.warmup_steps=2",
                                 "train.checkpoint_every=1", "augment.size=64"};
    all.insert(all.end(), GetParam().overrides.begin(), GetParam().overrides.end());
    return parse_config("", "test", all);
  }

  /// Epoch, losses and rates of metrics.csv; the speed differs from run to run.
  static std::vector<std::string> rows(const fs::path& dir) {
    std::ifstream in(dir / "metrics.csv");
    std::vector<std::string> rows;
    for (std::string line; std::getline(in, line);) {
      std::size_t speed = 0;
      for (int commas = 0; commas < 4; ++commas) speed = line.find(',', speed) + 1;
      const std::size_t after = line.find(',', line.find(',', speed) + 1);
      rows.push_back(line.substr(0, speed) + line.substr(after));
    }
    return rows;
  }

  static std::set<std::string> checkpoints(const fs::path& dir) {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(dir))
      if (entry.path().extension() == ".pt") names.insert(entry.path().filename().string());
    return names;
  }

  static void expect_same(const Checkpoint& a, const Checkpoint& b) {
    EXPECT_EQ(a.counters, b.counters);
    EXPECT_EQ(a.scalars, b.scalars);
    EXPECT_EQ(a.optimizer_steps, b.optimizer_steps);
    for (const auto& [left, right] :
         {std::pair(&a.model, &b.model), {&a.ema, &b.ema}, {&a.optimizer, &b.optimizer}}) {
      ASSERT_EQ(left->size(), right->size());
      for (const auto& [name, array] : *left)
        ASSERT_EQ(array.values, right->at(name).values) << name;
    }
  }

  void SetUp() override { csv_ = testing::make_noise_set(folder_ / "data").string(); }

  testing::TestFolder folder_;
  std::string csv_;
  const std::atomic<bool> stop_ = false;
};

TEST_P(EveryState, LeadsToTheSameEnd) {
  const fs::path dir = folder_ / "whole";
  std::vector<fs::path> copies;
  int steps = 0;
  // The listener is called after last.pt is written: the copy is what a kill would leave, within an
  // epoch and at an epoch's end. (Each is a separate run: more of them cost minutes and found
  // nothing.)
  const auto copy = [&](const TrainProgress&) {
    if (++steps != 4 && steps != 6) return;
    copies.push_back(folder_ / ("after" + std::to_string(steps)));
    fs::copy(dir, copies.back(), fs::copy_options::recursive);
  };
  ASSERT_TRUE(start_training(config(), dir, {{}, copy, {}}, stop_).completed);
  ASSERT_EQ(copies.size(), 2U);
  for (const fs::path& from : copies) {
    SCOPED_TRACE(from.filename().string());
    ASSERT_TRUE(resume_training(from, {}, stop_).completed);
    EXPECT_EQ(rows(from), rows(dir));
    ASSERT_EQ(checkpoints(from), checkpoints(dir));
    for (const std::string& name : checkpoints(dir)) {
      SCOPED_TRACE(name);
      expect_same(load_checkpoint(from / name), load_checkpoint(dir / name));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Optimizer, EveryState,
    ::testing::Values(Case{"Sgd", {"train.optimizer=sgd", "train.learning_rate=1e-3"}},
                      Case{"Nesterov",
                           {"train.optimizer=sgd", "train.nesterov=true",
                            "train.learning_rate=1e-3"}},
                      Case{"SgdWithoutMomentum", {"train.optimizer=sgd", "train.momentum=0"}},
                      Case{"Adam", {"train.optimizer=adam"}},
                      Case{"AdamW", {"train.optimizer=adamw", "train.rates.heads=2"}}),
    [](const auto& tested) { return tested.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Schedule, EveryState,
    ::testing::Values(Case{"Constant", {"train.schedule=constant"}},
                      Case{"Step", {"train.schedule=step", "train.step_epochs=[1,2]"}},
                      Case{"Exponential", {"train.schedule=exponential", "train.decay_steps=2"}},
                      Case{"Cosine", {"train.schedule=cosine"}},
                      Case{"Poly", {"train.schedule=poly", "train.poly_power=0.9"}},
                      Case{"OneCycle", {"train.schedule=one_cycle", "train.warmup_steps=0"}}),
    [](const auto& tested) { return tested.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Callback, EveryState,
    ::testing::Values(
        Case{"NoAverages", {"train.ema_decay=0"}},
        Case{"Plateau",
             {"train.plateau={metric='val_loss', patience=0, threshold=0.9, cooldown=1}"}},
        Case{"EarlyStopping", {"train.early_stopping={metric='val_ap', patience=1, min_delta=1}"}},
        Case{"PlateauAndEarlyStopping",
             {"train.plateau={metric='train_loss', patience=0, threshold=0.999}",
              "train.early_stopping={metric='train_loss', patience=2, min_delta=1e6}"}},
        Case{"RestoreBest",
             {"train.early_stopping={metric='val_loss', patience=1, min_delta=1e6, "
              "restore_best=true}",
              "train.checkpoint.best=val_loss"}},
        Case{"BestByTrainingLoss", {"train.checkpoint.best=train_loss"}},
        Case{"EpochFiles", {"train.checkpoint={epochs=1, keep=2, file='e{epoch}.pt'}"}},
        Case{"TensorBoard", {"train.tensorboard={every=1, images=2, histograms=1}"}},
        Case{"NoTensorBoard", {"train.tensorboard.every=0"}},
        Case{"Frozen", {"model.freeze=['backbone']", "train.unfreeze_epoch=2"}},
        Case{"Bfloat16Mosaic", {"train.precision=bf16", "augment.policy=face-small"}}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace faceshot::train
