#include "train/step/plateau.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "faceshot/error.hpp"
#include "train/step/early_stopping.hpp"

namespace faceshot::train {
namespace {

/// fixtures/make_torch_schedules.py, make_keras_stops.py
nlohmann::json fixture(const std::string& name) {
  std::ifstream in(std::string(FACESHOT_SOURCE_DIR) + "/tests/train/fixtures/" + name);
  return nlohmann::json::parse(in);
}

/// JSON has no NaN: null stands for it.
std::vector<double> metrics_of(const nlohmann::json& json) {
  std::vector<double> values;
  for (const auto& value : json)
    values.push_back(value.is_null() ? std::nan("") : value.get<double>());
  return values;
}

PlateauOptions options_of(const nlohmann::json& json) {
  return {.maximize = json.at("maximize"),
          .factor = json.at("factor"),
          .patience = json.at("patience"),
          .threshold = json.at("threshold"),
          .cooldown = json.at("cooldown"),
          .min_rate = json.at("min_rate")};
}

TEST(Plateau, EqualsPyTorchStepByStep) {
  const auto runs = fixture("torch_schedules.json").at("plateau");
  int drops = 0;
  for (const auto& run : runs) {
    Plateau plateau(options_of(run));
    const auto metrics = metrics_of(run.at("metrics"));
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      drops += plateau.update(metrics[i]);
      EXPECT_NEAR(plateau.apply(0.5), run.at("rates")[i].get<double>(), 1e-9)
          << run.at("name") << ", check " << i;
    }
  }
  EXPECT_GT(drops, 100);
}

TEST(Plateau, ARestoredOneGoesOnAsIfNothingHadHappened) {
  const auto run = fixture("torch_schedules.json").at("plateau")[1];
  const auto metrics = metrics_of(run.at("metrics"));
  for (const std::size_t stop : {std::size_t{1}, std::size_t{30}, std::size_t{77}}) {
    Plateau first(options_of(run));
    for (std::size_t i = 0; i < stop; ++i) first.update(metrics[i]);
    Plateau second(options_of(run));
    second.load(first.state());
    for (std::size_t i = stop; i < metrics.size(); ++i) {
      second.update(metrics[i]);
      EXPECT_NEAR(second.apply(0.5), run.at("rates")[i].get<double>(), 1e-9);
    }
  }
}

TEST(Plateau, NanIsNoImprovement) {
  Plateau plateau({.patience = 1});
  EXPECT_FALSE(plateau.update(0.5));
  EXPECT_FALSE(plateau.update(std::nan("")));
  EXPECT_TRUE(plateau.update(std::nan("")));
}

TEST(Plateau, RefusesOptionsWithoutMeaning) {
  EXPECT_THROW(Plateau({.factor = 1}), Error);
  EXPECT_THROW(Plateau({.factor = 0}), Error);
  EXPECT_THROW(Plateau({.patience = -1}), Error);
  EXPECT_THROW(Plateau({.cooldown = -1}), Error);
  EXPECT_THROW(Plateau({.min_rate = -1}), Error);
}

TEST(EarlyStopping, EndsARunWhereKerasDoes) {
  const auto keras = fixture("keras_stops.json");
  for (const auto& run : keras.at("runs")) {
    EarlyStopping stopping({.maximize = run.at("maximize"),
                            .patience = run.at("patience"),
                            .min_delta = run.at("min_delta")});
    int stop = -1;
    const auto metrics = metrics_of(keras.at("sequences").at(run.at("name").get<std::string>()));
    for (std::size_t i = 0; i < metrics.size() && stop < 0; ++i)
      if (stopping.update(metrics[i])) stop = static_cast<int>(i);
    EXPECT_EQ(stop, run.at("stop")) << run;
  }
}

TEST(EarlyStopping, EndsAfterAsManyChecksWithoutABetterValue) {
  EarlyStopping stopping({.patience = 3, .min_delta = 0.01});
  EXPECT_FALSE(stopping.update(0.5));
  EXPECT_FALSE(stopping.update(0.505)) << "better, but not by enough";
  EXPECT_FALSE(stopping.update(0.52));
  EXPECT_FALSE(stopping.update(0.52));
  EXPECT_FALSE(stopping.update(std::nan("")));
  EarlyStopping restored({.patience = 3, .min_delta = 0.01});
  restored.load(stopping.state());
  EXPECT_TRUE(restored.update(0.1));
}

TEST(EarlyStopping, LossesFall) {
  EarlyStopping stopping({.maximize = false, .patience = 1});
  EXPECT_FALSE(stopping.update(2));
  EXPECT_FALSE(stopping.update(1));
  EXPECT_TRUE(stopping.update(1));
}

}  // namespace
}  // namespace faceshot::train
