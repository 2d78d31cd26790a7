#include "train/plateau.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "faceshot/error.hpp"
#include "train/early_stopping.hpp"

namespace faceshot {
namespace {

nlohmann::json torch_rates() {
  std::ifstream in(std::string(FACESHOT_SOURCE_DIR) + "/tests/train/fixtures/torch_schedules.json");
  return nlohmann::json::parse(in);
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
  const auto fixture = torch_rates();
  for (const auto& run : fixture.at("plateau")) {
    Plateau plateau(options_of(run));
    int drops = 0;
    for (std::size_t i = 0; i < fixture.at("metrics").size(); ++i) {
      drops += plateau.update(fixture.at("metrics")[i]);
      EXPECT_NEAR(plateau.apply(0.5), run.at("rates")[i].get<double>(), 1e-9) << "check " << i;
    }
    EXPECT_GT(drops, 1);
  }
}

TEST(Plateau, ARestoredOneGoesOnAsIfNothingHadHappened) {
  const auto fixture = torch_rates();
  const auto& run = fixture.at("plateau")[1];
  for (const std::size_t stop : {std::size_t{1}, std::size_t{30}, std::size_t{77}}) {
    Plateau first(options_of(run));
    for (std::size_t i = 0; i < stop; ++i) first.update(fixture.at("metrics")[i]);
    Plateau second(options_of(run));
    second.load(first.state());
    for (std::size_t i = stop; i < fixture.at("metrics").size(); ++i) {
      second.update(fixture.at("metrics")[i]);
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
}  // namespace faceshot
