#include "train/config/metric.hpp"

#include <gtest/gtest.h>

namespace faceshot::train {
namespace {

EpochMetrics validated() {
  EpochMetrics m;
  m.confidence_loss = 1;
  m.location_loss = 2;
  m.val_confidence_loss = 3;
  m.val_location_loss = 4;
  m.val_ap = 0.5;
  m.val_ap_mean = 0.6;
  m.val_ap_from_50px = 0.7;
  m.val_ap_from_30px = 0.61;
  m.val_ap_from_10px = 0.49;
  return m;
}

TEST(Metric, SumsTheLosses) {
  EpochMetrics m = validated();
  EXPECT_EQ(value_of("train_loss", m), 3);
  EXPECT_EQ(value_of("val_loss", m), 7);
  m.landmark_loss = 10;
  m.val_landmark_loss = 20;
  EXPECT_EQ(value_of("train_loss", m), 13);
  EXPECT_EQ(value_of("val_loss", m), 27);
}

TEST(Metric, EveryNameHasAValueWhereThereIsOne) {
  EpochMetrics m = validated();
  m.val_landmark_error = 0.1;
  m.val_false_alarms = 0.2;
  for (const std::string& name : metric_names()) EXPECT_TRUE(value_of(name, m)) << name;
  EXPECT_EQ(value_of("none", m), std::nullopt);
}

TEST(Metric, EachHeightHasItsAp) {
  const EpochMetrics m = validated();
  EXPECT_EQ(value_of("val_ap_mean", m), 0.6);
  EXPECT_EQ(value_of("val_ap_from_50px", m), 0.7);
  EXPECT_EQ(value_of("val_ap_from_30px", m), 0.61);
  EXPECT_EQ(value_of("val_ap_from_10px", m), 0.49);
}

TEST(Metric, WithoutAValidationOnlyTheTrainingLossIsThere) {
  for (const std::string& name : metric_names()) {
    EXPECT_EQ(value_of(name, EpochMetrics()).has_value(), !needs_validation(name)) << name;
    EXPECT_EQ(grows(name), name.starts_with("val_ap"));
    EXPECT_EQ(needs_negatives(name), name == "val_false_alarms");
  }
  EpochMetrics start;
  start.start = true;
  EXPECT_FALSE(value_of("train_loss", start)) << "there was no step yet";
}

}  // namespace
}  // namespace faceshot::train
