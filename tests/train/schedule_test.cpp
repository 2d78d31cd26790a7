#include "train/step/schedule.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace faceshot::train {
namespace {

TrainOptions options(const char* schedule) {
  TrainOptions o;
  o.epochs = 10;
  o.learning_rate = 1.0F;
  o.warmup_steps = 10;
  o.schedule = schedule;
  o.final_rate = 0.0F;
  return o;
}

/// Values of PyTorch's schedulers: fixtures/make_torch_schedules.py.
nlohmann::json torch_schedules() {
  std::ifstream in(std::string(FACESHOT_SOURCE_DIR) + "/tests/train/fixtures/torch_schedules.json");
  return nlohmann::json::parse(in);
}

void expect_as_torch(const char* name, const nlohmann::json& fixture, const TrainOptions& o) {
  const auto rates = fixture.at(name).get<std::vector<double>>();
  ASSERT_EQ(rates.size(), 100U);
  for (std::size_t i = 0; i < rates.size(); ++i)
    EXPECT_NEAR(learning_rate(o, 10, static_cast<std::int64_t>(i)), rates[i], 1e-6 * rates[0])
        << name << ", step " << i;
}

TrainOptions options_of_fixture(const char* schedule, int warmup) {
  TrainOptions o = options(schedule);
  o.warmup_steps = warmup;
  o.learning_rate = 0.5F;
  o.poly_power = 2;
  o.decay_rate = 0.9F;
  o.decay_steps = 1;
  o.final_rate = 0.01F;
  o.step_epochs = {3, 6};
  o.step_factor = 0.2F;
  return o;
}

TEST(Schedule, EqualsPyTorchStepByStep) {
  const auto fixture = torch_schedules();
  for (const char* const name : {"one_cycle", "poly", "exponential", "cosine", "step"})
    expect_as_torch(name, fixture, options_of_fixture(name, 0));
}

TEST(Schedule, EqualsPyTorchStepByStepAfterAWarmUp) {
  const auto fixture = torch_schedules().at("warmup");
  for (const char* const name : {"constant", "poly", "exponential", "cosine"})
    expect_as_torch(name, fixture, options_of_fixture(name, 10));
}

TEST(Schedule, WarmsUpLinearly) {
  const auto o = options("constant");
  EXPECT_NEAR(learning_rate(o, 100, 0), 0.1, 1e-12);
  EXPECT_NEAR(learning_rate(o, 100, 4), 0.5, 1e-12);
  EXPECT_NEAR(learning_rate(o, 100, 9), 1.0, 1e-12);
  EXPECT_NEAR(learning_rate(o, 100, 999), 1.0, 1e-12);
}

TEST(Schedule, CosineIsHalfWayInTheMiddleAndEndsAtTheFinalRate) {
  auto o = options("cosine");
  o.warmup_steps = 0;
  EXPECT_NEAR(learning_rate(o, 100, 0), 1.0, 1e-12);
  EXPECT_NEAR(learning_rate(o, 100, 250), 0.853553391, 1e-8);  // (1 + cos 45 deg) / 2
  EXPECT_NEAR(learning_rate(o, 100, 500), 0.5, 1e-8);
  EXPECT_NEAR(learning_rate(o, 100, 1000), 0.0, 1e-12);
  o.final_rate = 0.1F;
  EXPECT_NEAR(learning_rate(o, 100, 1000), 0.1, 1e-7);
}

TEST(Schedule, OfARunThatBeginsLaterIsThatOfTheWholeRunAfterAWarmUp) {
  for (const char* const name : {"constant", "step", "exponential", "cosine", "poly"}) {
    const TrainOptions whole = options_of_fixture(name, 10);
    for (const int start : {4, 40, 95}) {
      TrainOptions piece = whole;
      piece.start_step = start;
      for (int step = start; step < 100; ++step) {
        const double rate = learning_rate(piece, 10, step);
        if (step >= start + 10) {
          EXPECT_EQ(rate, learning_rate(whole, 10, step)) << name << ", step " << step;
        } else {
          TrainOptions at_once = whole;  // this schedule without the warm-ups
          at_once.start_step = -100;
          EXPECT_NEAR(rate, learning_rate(at_once, 10, step) * (step - start + 1) / 10, 1e-12)
              << name << ", step " << step;
        }
      }
    }
  }
}

TEST(Schedule, StepsDropAtTheirEpochs) {
  auto o = options("step");
  o.step_epochs = {3, 6};
  o.step_factor = 0.5F;
  EXPECT_NEAR(learning_rate(o, 100, 299), 1.0, 1e-12);
  EXPECT_NEAR(learning_rate(o, 100, 300), 0.5, 1e-12);
  EXPECT_NEAR(learning_rate(o, 100, 600), 0.25, 1e-12);
}

}  // namespace
}  // namespace faceshot::train
