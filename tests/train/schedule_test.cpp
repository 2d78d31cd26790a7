#include "train/schedule.hpp"

#include <gtest/gtest.h>

namespace faceshot {
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

TEST(Schedule, StepsDropAtTheirEpochs) {
  auto o = options("step");
  o.step_epochs = {3, 6};
  o.step_factor = 0.5F;
  EXPECT_NEAR(learning_rate(o, 100, 299), 1.0, 1e-12);
  EXPECT_NEAR(learning_rate(o, 100, 300), 0.5, 1e-12);
  EXPECT_NEAR(learning_rate(o, 100, 600), 0.25, 1e-12);
}

}  // namespace
}  // namespace faceshot
