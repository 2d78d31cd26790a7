// Runs that start from other weights, and with frozen parts: complete, if small, training runs.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "data/test_folder.hpp"
#include "export/exporter.hpp"
#include "faceshot/error.hpp"
#include "faceshot/network.hpp"
#include "network/parts.hpp"
#include "train/noise_set.hpp"
#include "train/record/checkpoint.hpp"
#include "train/trainer.hpp"
#include "weights/weight_file.hpp"

namespace faceshot::train {
namespace {

using weights::Weights;

namespace fs = std::filesystem;
using testing::expect_error;

class Start : public ::testing::Test {
 protected:
  void SetUp() override { csv_ = testing::make_noise_set(folder_ / "data").string(); }

  /// One epoch of three steps, unless the overrides say otherwise.
  Config config(const std::vector<std::string>& overrides = {}) const {
    std::vector<std::string> all{"data.train=" + csv_,   "data.val_fraction=0",
                                 "train.epochs=1",       "train.batch_size=8",
                                 "train.threads=1",      "train.validate_side=128",
                                 "train.warmup_steps=0", "augment.size=64"};
    all.insert(all.end(), overrides.begin(), overrides.end());
    return parse_config("", "test", all);
  }

  /// Runs to the end. @return last.pt
  Checkpoint run(const std::string& name, const std::vector<std::string>& overrides = {}) {
    notes_.clear();
    const std::atomic<bool> stop = false;
    const TrainOutcome outcome =
        start_training(config(overrides), folder_ / name,
                       {[&](const std::string& line) { notes_.push_back(line); }, {}, {}}, stop);
    EXPECT_TRUE(outcome.completed);
    return load_checkpoint(folder_ / name / "last.pt");
  }

  bool noted(const std::string& part) const {
    return std::any_of(notes_.begin(), notes_.end(), [&](const std::string& line) {
      return line.find(part) != std::string::npos;
    });
  }

  /// A backbone as another tool might have saved it; BatchNorm's statistics are not 0 and 1.
  Weights foreign_backbone() {
    Weights backbone;
    for (auto& [name, array] : run("made", {"train.seed=9"}).model)
      if (name.starts_with("backbone.")) backbone[name] = std::move(array);
    std::vector<weights::NamedArray> arrays;
    for (const auto& [name, array] : backbone)
      arrays.push_back({"module." + name.substr(std::string("backbone.").size()), "float32",
                        array.shape, array.values});
    weights::write_weight_file(folder_ / "foreign.safetensors", arrays);
    return backbone;
  }

  std::string init() const {
    return "model.init.file=" + (folder_ / "foreign.safetensors").string();
  }

  testing::TestFolder folder_;
  std::string csv_;
  std::vector<std::string> notes_;
};

TEST_F(Start, FrozenWeightsFromAFileAreStillThereAtTheEnd) {
  const Weights backbone = foreign_backbone();
  const Checkpoint end = run("frozen", {init(), "model.freeze=['backbone']"});
  EXPECT_EQ(end.counters.at("step"), 3);
  const Weights made = load_checkpoint(folder_ / "made" / "last.pt").model;
  for (const auto& [name, array] : end.model) {
    if (network::part_of(name) == "backbone") {
      EXPECT_EQ(array.values, backbone.at(name).values) << name;
      EXPECT_EQ(end.ema.at(name).values, backbone.at(name).values) << name;
      EXPECT_FALSE(end.optimizer.contains("exp_avg/" + name)) << name;
    } else if (name != "head3.loc.bias") {  // no face here is large enough for that level
      EXPECT_NE(array.values, end.ema.at(name).values) << name << " does not move";
      EXPECT_NE(array.values, made.at(name).values) << name << " is not in the file";
    }
  }
  EXPECT_EQ(end.optimizer_steps.at("head0.loc.weight"), 3);
  EXPECT_FALSE(end.optimizer_steps.contains("backbone.stem.conv.weight"));

  EXPECT_TRUE(noted(std::to_string(backbone.size()) + " of "));
  EXPECT_TRUE(noted("head0.loc.weight")) << "the table, not its first line alone";
  EXPECT_FALSE(noted("random")) << "nothing frozen is";
  for (const std::string& line : notes_) EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto json = nlohmann::json::parse(testing::read_all(folder_ / "frozen" / "init.json"));
  EXPECT_EQ(json.at("map"), "torchvision");
  EXPECT_EQ(json.at("matched").size(), backbone.size());
  EXPECT_FALSE(fs::exists(folder_ / "made" / "init.json"));
}

TEST_F(Start, TellsThatNoFaceHasLandmarksToLearnFrom) {
  run("points", {"model.heads.landmarks=5"});
  EXPECT_TRUE(noted("no face in the first samples has any"));
  run("boxes");
  EXPECT_FALSE(noted("landmarks"));
}

TEST_F(Start, StatisticsOfFrozenBatchNormMayAdapt) {
  const Weights backbone = foreign_backbone();
  const Checkpoint end =
      run("adapt", {init(), "model.freeze=['backbone']", "model.freeze_batch_norm=false"});
  for (const auto& [name, array] : backbone)
    EXPECT_EQ(end.model.at(name).values != array.values,
              name.find(".running_") != std::string::npos)
        << name;
}

TEST_F(Start, FromOurOwnRunTakesAllOfItsAveragedWeights) {
  const Checkpoint first = run("first");
  // A rate of 0 shows what the run started with. BatchNorm's statistics move all the same.
  const Checkpoint second =
      run("second", {"model.init={file='" + (folder_ / "first" / "last.pt").string() +
                         "', by_name=true, map='auto', strict=true}",
                     "train.learning_rate=0", "train.seed=5"});
  for (const auto& [name, array] : second.model)
    if (name.find(".running_") == std::string::npos) {
      EXPECT_EQ(array.values, first.ema.at(name).values) << name;
    }
}

/// Rows of a run's metrics.csv, split.
std::vector<std::vector<std::string>> metrics(const fs::path& dir) {
  std::istringstream in(testing::read_all(dir / "metrics.csv"));
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(in, line);) {
    rows.emplace_back();
    std::istringstream fields(line + ",");
    for (std::string field; std::getline(fields, field, ',');) rows.back().push_back(field);
  }
  return rows;
}

TEST_F(Start, FromOurExportedFileIsValidatedFirstAndIsWhatWasExported) {
  const std::vector<std::string> validated{"data.val=" + csv_, "train.validate_every=1",
                                           "train.precision=fp32"};
  (void)run("first", validated);
  (void)exporter::export_network(load_checkpoint(folder_ / "first" / "last.pt"),
                                 folder_ / "first.onnx");
  std::vector<std::string> overrides = validated;
  overrides.insert(overrides.end(),
                   {"model.init={file='" + (folder_ / "first.onnx").string() + "', strict=true}",
                    "train.seed=5", "train.learning_rate=0"});
  const Checkpoint end = run("second", overrides);
  EXPECT_TRUE(noted("folded in the file"));
  const auto first = metrics(folder_ / "first"), second = metrics(folder_ / "second");
  ASSERT_EQ(second.size(), 3U) << "a header, the start, an epoch";
  EXPECT_EQ(second[1][0], "0");
  EXPECT_EQ(second[1][1], "") << "no step was done";
  constexpr std::size_t step = 14;
  ASSERT_EQ(first[0][step], "step");
  EXPECT_EQ(second[1][step], "0");
  EXPECT_EQ(second[2][step], "3");
  for (const std::size_t column : {6U, 7U, 13U})  // losses on the validation images
    EXPECT_NEAR(std::stod(second[1][column]), std::stod(first[1][column]),
                1e-3 * std::stod(first[1][column]))
        << first[0][column];
  EXPECT_GE(end.scalars.at("best_ap"), 0);
}

TEST_F(Start, WhatTheFileSaysOfItsWeightsStaysThroughTrainingAndExport) {
  (void)run("first");
  const auto exported = [&](const char* from, const char* to,
                            std::vector<std::pair<std::string, std::string>> notes) {
    exporter::ExportOptions options;
    options.notes = std::move(notes);
    (void)exporter::export_network(load_checkpoint(folder_ / from / "last.pt"), folder_ / to,
                                   options);
    return Network::load((folder_ / to).string()).metadata();
  };
  (void)exported("first", "first.onnx",
                 {{"faceshot.license", "research"},
                  {"faceshot.score_threshold", "0.4"},
                  {"faceshot.comment", "of this file alone"}});
  (void)run("second", {"model.init.file=" + (folder_ / "first.onnx").string()});
  auto kept = exported("second", "second.onnx", {});
  EXPECT_EQ(kept["faceshot.license"], "research");
  EXPECT_EQ(kept["faceshot.score_threshold"], "0.4");
  EXPECT_FALSE(kept.contains("faceshot.comment"));
  kept = exported("second", "third.onnx",
                  {{"faceshot.license", ""}, {"faceshot.score_threshold", "0.6"}});
  EXPECT_FALSE(kept.contains("faceshot.license"));
  EXPECT_EQ(kept["faceshot.score_threshold"], "0.6");
}

TEST_F(Start, BestIsTheFileItselfWhereTrainingMakesItWorse) {
  (void)run("first");
  (void)exporter::export_network(load_checkpoint(folder_ / "first" / "last.pt"),
                                 folder_ / "first.onnx");
  const std::string init = "model.init.file=" + (folder_ / "first.onnx").string();
  (void)run("worse", {init, "data.val=" + csv_, "train.learning_rate=3",
                      "train.checkpoint.best=val_loss", "loss.iou_loss=none"});
  EXPECT_EQ(load_checkpoint(folder_ / "worse" / "best.pt").counters.at("step"), 0);
}

TEST_F(Start, LaterOnTheScheduleGoesOnAsTheWholeRunWould) {
  std::vector<double> rates;
  std::vector<std::int64_t> steps;
  const std::atomic<bool> stop = false;
  const auto rates_of = [&](const std::string& name, const std::vector<std::string>& overrides) {
    rates.clear();
    steps.clear();
    const TrainListener listener{{},
                                 [&](const TrainProgress& p) {
                                   rates.push_back(p.learning_rate);
                                   steps.push_back(p.step);
                                 },
                                 {}};
    EXPECT_TRUE(start_training(config(overrides), folder_ / name, listener, stop).completed);
  };
  rates_of("whole", {"train.epochs=4", "train.warmup_steps=2"});
  const std::vector<double> whole = rates;
  ASSERT_EQ(whole.size(), 12U);
  rates_of("piece", {"train.epochs=4", "train.warmup_steps=2", "train.start_step=7"});
  EXPECT_EQ(steps, (std::vector<std::int64_t>{8, 9, 10, 11, 12}));
  EXPECT_DOUBLE_EQ(rates[0], whole[7] / 2);
  for (std::size_t i = 1; i < rates.size(); ++i) EXPECT_DOUBLE_EQ(rates[i], whole[7 + i]);
  const auto rows = metrics(folder_ / "piece");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[1].front(), "3");
  EXPECT_EQ(rows[1][14], "9");
  EXPECT_EQ(rows[2][14], "12");
  EXPECT_EQ(load_checkpoint(folder_ / "piece" / "last.pt").counters.at("epoch"), 4);
  EXPECT_EQ(load_checkpoint(folder_ / "piece" / "last.pt").optimizer_steps.at("head0.loc.weight"),
            5);
}

TEST_F(Start, ALaterStepSeesTheSamplesOfTheWholeRun) {
  // With a rate of 0 the loss of a step depends only on its samples.
  const std::vector<std::string> still{"train.learning_rate=0", "train.epochs=3"};
  (void)run("whole", still);
  std::vector<std::string> later = still;
  later.emplace_back("train.start_step=4");  // the second batch of the second epoch
  (void)run("later", later);
  const auto whole = metrics(folder_ / "whole"), piece = metrics(folder_ / "later");
  ASSERT_EQ(whole.size(), 4U);
  ASSERT_EQ(piece.size(), 3U);
  EXPECT_NE(piece[1][1], whole[2][1]) << "a mean over two of three batches";
  EXPECT_EQ(piece[2][1], whole[3][1]);
  EXPECT_EQ(piece[2][2], whole[3][2]);
}

TEST_F(Start, AtOrBehindTheEndOfTheScheduleIsAMistake) {
  const std::atomic<bool> stop = false;
  for (const char* const step : {"train.start_step=3", "train.start_step=1000"})
    expect_error(ErrorCode::invalid_argument, "leaves nothing to do: 1 epochs of 3 batches",
                 [&] { (void)start_training(config({step}), folder_ / "late", {}, stop); });
  EXPECT_FALSE(fs::exists(folder_ / "late"));
}

TEST_F(Start, WhatDoesNotFitIsFatalIfStrictAndLeavesNothingBehind) {
  (void)foreign_backbone();
  const std::atomic<bool> stop = false;
  bool stepped = false;
  const TrainListener callbacks{{}, [&](const TrainProgress&) { stepped = true; }, {}};
  expect_error(ErrorCode::invalid_argument, "foreign.safetensors': the weights do not fit", [&] {
    (void)start_training(config({init(), "model.init.strict=true"}), folder_ / "strict", callbacks,
                         stop);
  });
  expect_error(ErrorCode::invalid_argument, "none of the weights", [&] {
    (void)start_training(config({init(), "model.init.map=none"}), folder_ / "strict", callbacks,
                         stop);
  });
  EXPECT_FALSE(stepped);
  EXPECT_FALSE(fs::exists(folder_ / "strict"));
}

TEST_F(Start, SaysWhatIsFrozenAtRandom) {
  (void)run("random", {"model.freeze=['neck']"});
  EXPECT_TRUE(noted("random weights"));
  (void)foreign_backbone();
  (void)run("half", {init(), "model.freeze=['backbone.until:C3', 'neck']"});
  EXPECT_TRUE(noted("of the frozen parameters keep random values, such as 'neck."));
}

TEST_F(Start, EveryCheckpointLeadsToTheSameEndAcrossTheEpochThatUnfreezes) {
  (void)foreign_backbone();
  const std::vector<std::string> overrides{init(),
                                           "model.freeze=['backbone.until:C4', 'neck']",
                                           "train.unfreeze_epoch=1",
                                           "train.epochs=2",
                                           "train.checkpoint_every=1",
                                           "train.rates.backbone=0.1"};
  // Copies of the run after each step: a file is complete before the next step reports.
  const fs::path dir = folder_ / "whole";
  std::vector<fs::path> copies;
  const auto copy = [&] {
    if (!fs::exists(dir / "last.pt")) return;
    copies.push_back(folder_ / ("copy" + std::to_string(copies.size())));
    fs::create_directories(copies.back());
    fs::copy(dir / "last.pt", copies.back() / "last.pt");
  };
  const std::atomic<bool> stop = false;
  const TrainListener callbacks{{},
                                [&](const TrainProgress&) { copy(); },
                                [&](const EpochMetrics& m) {
                                  if (m.epoch == 1) copy();
                                }};
  ASSERT_TRUE(start_training(config(overrides), dir, callbacks, stop).completed);
  const Checkpoint whole = load_checkpoint(dir / "last.pt");
  EXPECT_EQ(whole.counters.at("step"), 6);
  EXPECT_EQ(whole.optimizer_steps.at("backbone.stem.conv.weight"), 3);
  EXPECT_EQ(whole.optimizer_steps.at("neck.lateral5.conv.weight"), 3);
  EXPECT_EQ(whole.optimizer_steps.at("backbone.stage4.0.pw.weight"), 6);
  EXPECT_EQ(whole.optimizer_steps.at("head0.loc.weight"), 6);

  fs::remove(folder_ / "foreign.safetensors");  // a resumed run does not need it
  std::vector<std::int64_t> began;
  for (const fs::path& each : copies) {
    began.push_back(load_checkpoint(each / "last.pt").counters.at("step"));
    ASSERT_TRUE(resume_training(each, {}, stop).completed);
    const Checkpoint end = load_checkpoint(each / "last.pt");
    EXPECT_EQ(end.optimizer_steps, whole.optimizer_steps) << began.back();
    const auto same = [&](const Weights& a, const Weights& b) {
      ASSERT_EQ(a.size(), b.size());
      for (const auto& [name, array] : a)
        EXPECT_EQ(array.values, b.at(name).values) << name << " from step " << began.back();
    };
    same(end.model, whole.model);
    same(end.ema, whole.ema);
    same(end.optimizer, whole.optimizer);
  }
  // Within the frozen epoch, at its end, and after it. (The step that ends an epoch is saved with
  // the epoch: its report still sees the previous step.)
  EXPECT_EQ(began, (std::vector<std::int64_t>{1, 2, 2, 3, 4, 5, 5}));
}

}  // namespace
}  // namespace faceshot::train
