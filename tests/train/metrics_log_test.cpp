#include "train/record/metrics_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

namespace faceshot::train {
namespace {

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(MetricsLog, AppendsAndForgetsEpochsThatAreRunAgain) {
  const std::filesystem::path dir = std::filesystem::path(::testing::TempDir()) / "metrics_log";
  std::filesystem::remove_all(dir);
  std::filesystem::create_directories(dir);
  {
    MetricsLog log(dir, 0);
    for (int epoch = 1; epoch <= 3; ++epoch) {
      EpochMetrics m;
      m.epoch = epoch;
      m.step = 100 * epoch;
      m.confidence_loss = 0.5;
      if (epoch == 2) m.val_ap = 0.25;
      log.append(m);
    }
  }
  const std::string before = content(dir / "metrics.csv");
  EXPECT_NE(before.find("\n2,0.5,0,0,0,0,,,0.25,,,,0,,200,,,,,\n"), std::string::npos) << before;
  const MetricsLog resumed(dir, 2);
  const std::string after = content(dir / "metrics.csv");
  EXPECT_EQ(after, before.substr(0, before.find("\n3,") + 1));
}

TEST(MetricsLog, HasColumnsForLandmarks) {
  const std::filesystem::path dir = std::filesystem::path(::testing::TempDir()) / "metrics_points";
  std::filesystem::remove_all(dir);
  std::filesystem::create_directories(dir);
  EpochMetrics m;
  m.epoch = 1;
  m.landmark_loss = 0.75;
  m.val_landmark_loss = 0.5;
  m.val_landmark_error = 0.125;
  MetricsLog(dir, 0).append(m);
  const std::string text = content(dir / "metrics.csv");
  EXPECT_NE(text.find(",landmark_loss,val_landmark_loss,val_landmark_error,"), std::string::npos);
  EXPECT_NE(text.find(",0.75,0.5,0.125,0,,0,,,,,\n"), std::string::npos) << text;
}

TEST(MetricsLog, HasColumnsForHeightsAndFalseAlarms) {
  const std::filesystem::path dir = std::filesystem::path(::testing::TempDir()) / "metrics_heights";
  std::filesystem::remove_all(dir);
  std::filesystem::create_directories(dir);
  EpochMetrics m;
  m.epoch = 1;
  m.val_ap_mean = 0.5;
  m.val_ap_from_50px = 0.75;
  m.val_ap_from_30px = 0.5;
  m.val_ap_from_10px = 0.25;
  m.val_false_alarms = 0.125;
  MetricsLog(dir, 0).append(m);
  const std::string text = content(dir / "metrics.csv");
  EXPECT_NE(text.find(",val_ap_mean,val_ap_from_50px,val_ap_from_30px,val_ap_from_10px,"
                      "val_false_alarms\n"),
            std::string::npos);
  EXPECT_NE(text.find(",0.5,0.75,0.5,0.25,0.125\n"), std::string::npos) << text;
}

TEST(MetricsLog, TheStartHasNoTrainingLosses) {
  const std::filesystem::path dir = std::filesystem::path(::testing::TempDir()) / "metrics_start";
  std::filesystem::remove_all(dir);
  std::filesystem::create_directories(dir);
  EpochMetrics m;
  m.start = true;
  m.step = 500;
  m.val_ap = 0.75;
  MetricsLog(dir, -1).append(m);
  MetricsLog(dir, -1).append(m);  // a start that was killed, and the next one
  const std::string text = content(dir / "metrics.csv");
  EXPECT_EQ(text.substr(text.find('\n') + 1), "0,,,,,,,,0.75,,,,,,500,,,,,\n");
}

TEST(MetricsLog, AddsTheColumnsThatAnOlderFileLacks) {
  const std::filesystem::path dir = std::filesystem::path(::testing::TempDir()) / "metrics_old";
  std::filesystem::remove_all(dir);
  std::filesystem::create_directories(dir);
  std::ofstream(dir / "metrics.csv") << "epoch,confidence_loss\n1,0.5\n2,0.25\n";
  const MetricsLog resumed(dir, 1);
  const std::string text = content(dir / "metrics.csv");
  const std::string row = text.substr(text.find('\n') + 1);
  EXPECT_EQ(row, "1,0.5" + std::string(18, ',') + "\n");
  EXPECT_EQ(std::count(row.begin(), row.end(), ','), std::count(text.begin(), text.end(), ',') / 2);
}

TEST(MetricsLog, HasAColumnForEachOfSeveralClasses) {
  const std::filesystem::path dir = std::filesystem::path(::testing::TempDir()) / "metrics_classes";
  std::filesystem::remove_all(dir);
  std::filesystem::create_directories(dir);
  {
    MetricsLog log(dir, 0, {"helmet", "head, bare"});
    EpochMetrics m;
    m.epoch = 1;
    log.append(m);
    m.epoch = 2;
    m.val_ap_by_class = {0.5, 0.25};
    log.append(m);
  }
  const std::string text = content(dir / "metrics.csv");
  EXPECT_NE(text.find(",val_false_alarms,val_ap.helmet,val_ap.head_ bare\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find(",,,\n2,"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with(",0.5,0.25\n")) << text;
  MetricsLog(dir, 1, {"helmet", "head, bare"});
  EXPECT_EQ(content(dir / "metrics.csv"), text.substr(0, text.find("\n2,") + 1));
}

}  // namespace
}  // namespace faceshot::train
