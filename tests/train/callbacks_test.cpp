// Plateau and early stopping in complete, if small, training runs.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "data/test_folder.hpp"
#include "faceshot/error.hpp"
#include "train/noise_set.hpp"
#include "train/record/checkpoint.hpp"
#include "train/trainer.hpp"

namespace faceshot::train {
namespace {

namespace fs = std::filesystem;

class Callbacks : public ::testing::Test {
 protected:
  void SetUp() override { csv_ = testing::make_noise_set(folder_ / "data").string(); }

  /// Epochs of three steps. No value is good enough: every check but the first counts as no
  /// improvement.
  Config config() const {
    return parse_config(
        "", "test",
        {"data.train=" + csv_, "data.val_fraction=0", "train.epochs=6", "train.batch_size=8",
         "train.threads=1", "train.validate_side=128", "train.warmup_steps=0", "augment.size=64",
         "train.schedule=constant", "train.learning_rate=1e-3", "train.checkpoint_every=2",
         "train.plateau={metric='train_loss', factor=0.1, patience=1, threshold=0.999}",
         "train.early_stopping={metric='train_loss', patience=3, min_delta=1e6}"});
  }

  testing::TestFolder folder_;
  std::string csv_;
  const std::atomic<bool> stop_ = false;
};

TEST_F(Callbacks, ThePlateauLowersTheRateAndEarlyStoppingEndsTheRun) {
  std::vector<double> rates;
  const TrainOutcome outcome = start_training(
      config(), folder_ / "run",
      {{}, {}, [&](const EpochMetrics& m) { rates.push_back(m.learning_rate); }}, stop_);
  EXPECT_TRUE(outcome.completed);
  // Checks 2 and 3 are no better than the first: the rate drops after them. Check 4 is the third
  // such check.
  ASSERT_EQ(rates.size(), 4U);
  EXPECT_NEAR(rates[2], 1e-3, 1e-9);
  EXPECT_NEAR(rates[3], 1e-4, 1e-9);
  EXPECT_TRUE(fs::exists(folder_ / "run" / "best.pt"));

  // It stays finished.
  bool stepped = false;
  const TrainOutcome again = resume_training(
      folder_ / "run", {{}, [&](const TrainProgress&) { stepped = true; }, {}}, stop_);
  EXPECT_TRUE(again.completed);
  EXPECT_EQ(again.epochs_done, 4);
  EXPECT_FALSE(stepped);
}

TEST_F(Callbacks, ADivergedRunStopsAndShowsItsBatch) {
  Config wild = config();
  wild.train.learning_rate = 10;
  wild.train.optimizer = "sgd";
  wild.train.weight_decay = 10;  // each step multiplies weights by -99
  wild.train.clip_norm = 0;
  wild.train.ema_decay = 0;
  try {
    (void)start_training(wild, folder_ / "run", {}, stop_);
    FAIL() << "the network survived that";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::diverged);
    EXPECT_NE(std::string(e.what()).find("diverged"), std::string::npos) << e.what();
  }
  EXPECT_TRUE(fs::exists(folder_ / "run" / "diverged" / "7.png"));
  EXPECT_FALSE(fs::exists(folder_ / "run" / "diverged" / "8.png"));
  const std::string csv = testing::read_all(folder_ / "run" / "diverged" / "batch.csv");
  EXPECT_NE(csv.find("0.png,"), std::string::npos);
  EXPECT_NE(csv.find((folder_ / "data" / "images").string()), std::string::npos);
}

TEST_F(Callbacks, ATimeLimitStopsTheRunWhereItCanGoOn) {
  Config limited = config();
  limited.train.time_limit = 1e-6F;
  const TrainOutcome outcome = start_training(limited, folder_ / "run", {}, stop_);
  EXPECT_FALSE(outcome.completed);
  EXPECT_EQ(load_checkpoint(folder_ / "run" / "last.pt").counters.at("step"), 1);
  // The limit is per start: a run finishes step by step.
  EXPECT_FALSE(resume_training(folder_ / "run", {}, stop_).completed);
  EXPECT_EQ(load_checkpoint(folder_ / "run" / "last.pt").counters.at("step"), 2);
}

TEST_F(Callbacks, ARunThatStopsAfterEpochsEndsWithTheSameWeights) {
  Config c = config();
  c.train.early_stopping.metric = c.train.plateau.metric = "none";
  c.train.schedule = "cosine";  // for the whole run, wherever it stops
  (void)start_training(c, folder_ / "whole", {}, stop_);
  Config first = c;
  first.train.stop_after = 2;
  const TrainOutcome stopped = start_training(first, folder_ / "run", {}, stop_);
  EXPECT_FALSE(stopped.completed);
  EXPECT_EQ(stopped.epochs_done, 2);
  EXPECT_FALSE(resume_training(folder_ / "run", {}, stop_).completed) << "still to stop after 2";
  EXPECT_EQ(resume_training(folder_ / "run", {}, stop_, {"train.stop_after=4"}).epochs_done, 4);
  EXPECT_TRUE(resume_training(folder_ / "run", {}, stop_, {"train.stop_after=0"}).completed);
  const Checkpoint whole = load_checkpoint(folder_ / "whole" / "last.pt");
  const Checkpoint pieces = load_checkpoint(folder_ / "run" / "last.pt");
  for (const auto& [name, array] : whole.model)
    EXPECT_EQ(array.values, pieces.model.at(name).values) << name;
}

TEST_F(Callbacks, WhatNeverComesIsNotWaitedFor) {
  // No validation images: a metric of validations would silently have no effect.
  for (const char* key : {"train.plateau.metric", "train.early_stopping.metric"}) {
    Config c = config();
    (std::string(key) == "train.plateau.metric" ? c.train.plateau.metric
                                                : c.train.early_stopping.metric) = "val_ap";
    testing::expect_error(ErrorCode::invalid_argument, key,
                          [&] { (void)start_training(c, folder_ / "run", {}, stop_); });
    EXPECT_FALSE(fs::exists(folder_ / "run"));
  }
}

TEST_F(Callbacks, TheBestCheckpointIsByTheMetricOfTheConfig) {
  Config c = config();
  c.train.early_stopping.metric = c.train.plateau.metric = "none";
  c.train.checkpoint.best = "train_loss";
  std::vector<double> losses;
  std::vector<bool> best;
  const TrainOutcome outcome =
      start_training(c, folder_ / "run",
                     {{},
                      {},
                      [&](const EpochMetrics& m) {
                        losses.push_back(m.confidence_loss + m.location_loss);
                        best.push_back(m.best);
                      }},
                     stop_);
  double lowest = std::numeric_limits<double>::infinity();
  std::int64_t epoch = 0;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    EXPECT_EQ(best[i], losses[i] < lowest) << i;
    if (losses[i] < lowest) epoch = static_cast<std::int64_t>(i) + 1;
    lowest = std::min(lowest, losses[i]);
  }
  EXPECT_EQ(load_checkpoint(folder_ / "run" / "best.pt").counters.at("epoch"), epoch);
  EXPECT_EQ(outcome.metric, "train_loss");
  EXPECT_EQ(outcome.best, lowest);
  // A finished run reports it again.
  EXPECT_EQ(resume_training(folder_ / "run", {}, stop_).best, lowest);
}

TEST_F(Callbacks, TheLastEpochFilesAreKept) {
  Config c = config();
  c.train.early_stopping.metric = c.train.plateau.metric = "none";
  c.train.checkpoint = {"train_loss", 2, "e{epoch:02}.pt", 2};
  (void)start_training(c, folder_ / "run", {}, stop_);
  EXPECT_FALSE(fs::exists(folder_ / "run" / "e02.pt"));
  for (const char* name : {"e04.pt", "e06.pt"}) EXPECT_TRUE(fs::exists(folder_ / "run" / name));
  EXPECT_EQ(load_checkpoint(folder_ / "run" / "e04.pt").counters.at("epoch"), 4);
}

TEST_F(Callbacks, EarlyStoppingMayRestoreTheBestWeights) {
  Config c = config();
  c.train.plateau.metric = "none";
  c.train.checkpoint.best = "train_loss";
  c.train.early_stopping = {"train_loss", 2, 1e6F, true};
  (void)start_training(c, folder_ / "run", {}, stop_);
  const Checkpoint last = load_checkpoint(folder_ / "run" / "last.pt");
  const Checkpoint best = load_checkpoint(folder_ / "run" / "best.pt");
  EXPECT_EQ(last.counters.at("epoch"), 3);
  for (const auto& [name, array] : best.model)
    ASSERT_EQ(array.values, last.model.at(name).values) << name;
  // It must be the very metric that selects best.pt.
  EXPECT_THROW((void)parse_config("", "test",
                                  {"train.early_stopping={metric='val_loss', restore_best=true}"}),
               Error);
}

TEST_F(Callbacks, TheEndIsMeasuredOnTheTestSplit) {
  Config c = config();
  c.data.test = {csv_};
  std::string said;
  const auto note = [&](const std::string& line) { said += line + "\n"; };
  (void)start_training(c, folder_ / "run", {note, {}, {}}, stop_);
  const auto json = nlohmann::json::parse(testing::read_all(folder_ / "run" / "test.json"));
  EXPECT_EQ(json.at("images"), 24);
  EXPECT_NEAR(json.at("loss").get<double>(),
              json.at("classification_loss").get<double>() + json.at("location_loss").get<double>(),
              1e-9);
  EXPECT_GE(json.at("ap").get<double>(), 0);
  EXPECT_NE(said.find("test: loss "), std::string::npos) << said;
}

/// Written for check_run_events.py, which reads it with protobuf's own decoder.
TEST_F(Callbacks, EventFilesForTheIndependentReader) {
  const fs::path dir = fs::path(FACESHOT_BINARY_DIR) / "tests" / "train" / "event_run";
  fs::remove_all(dir);
  Config c = config();
  c.train.early_stopping.metric = c.train.plateau.metric = "none";
  c.data.val = {csv_};
  c.train.epochs = 2;
  c.train.validate_every = 1;
  c.train.tensorboard = {1, 2, 1, true};
  std::atomic<bool> stop = false;
  const auto stop_in_second_epoch = [&](const TrainProgress& p) { stop = p.epoch == 2; };
  ASSERT_FALSE(start_training(c, dir, {{}, stop_in_second_epoch, {}}, stop).completed);
  ASSERT_TRUE(resume_training(dir, {}, stop_).completed);
}

}  // namespace
}  // namespace faceshot::train
