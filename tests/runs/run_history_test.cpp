#include "runs/run_history.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "data/test_folder.hpp"

namespace faceshot::runs {
namespace {

using faceshot::testing::expect_error;
using faceshot::testing::TestFolder;

constexpr const char* header = "epoch,confidence_loss,learning_rate,val_ap\n";

TEST(RunHistory, ReadsMetricsAndConfig) {
  const TestFolder folder;
  folder.write("a/metrics.csv",
               std::string(header) + "1,4.5,0.003,\n2,2.5,0.002,0.31\n3,2,0.001,0.29\n");
  folder.write("a/config.toml", "[train]\nepochs = 3\n[data]\ntrain = [\"x.csv\"]\n");
  const RunHistory run = read_run(folder / "a");
  EXPECT_EQ(run.name, "a");
  EXPECT_EQ(run.epochs, 3);
  ASSERT_NE(run.find("confidence_loss"), nullptr);
  EXPECT_EQ(*run.find("confidence_loss"), (MetricCurve{{1, 4.5}, {2, 2.5}, {3, 2}}));
  EXPECT_EQ(*run.find("val_ap"), (MetricCurve{{2, 0.31}, {3, 0.29}}));
  EXPECT_EQ(run.find("nothing"), nullptr);
  ASSERT_TRUE(run.best_ap.has_value());
  EXPECT_EQ(*run.best_ap, (std::pair(2, 0.31)));
  EXPECT_EQ(run.config.at("train.epochs"), "3");
  EXPECT_EQ(read_run(folder / "a/").name, "a");
}

TEST(RunHistory, KnowsTheBestMeanOverHeights) {
  const TestFolder folder;
  folder.write("a/metrics.csv", "epoch,val_ap,val_ap_mean\n1,0.4,0.5\n2,0.3,0.6\n3,,\n");
  const RunHistory run = read_run(folder / "a");
  EXPECT_EQ(run.best_ap, std::optional(std::pair(1, 0.4)));
  EXPECT_EQ(run.best_ap_mean, std::optional(std::pair(2, 0.6)));
  folder.write("old/metrics.csv", std::string(header) + "1,4.5,0.003,0.2\n");
  EXPECT_FALSE(read_run(folder / "old").best_ap_mean.has_value());
}

TEST(RunHistory, ListsRunsOneLevelDeep) {
  const TestFolder folder;
  folder.write("b/metrics.csv", header);
  folder.write("a/metrics.csv", header);
  folder.write("c/nothing.txt", "");
  EXPECT_EQ(list_runs(folder / ""),
            (std::vector<std::filesystem::path>{folder / "a", folder / "b"}));
  EXPECT_EQ(list_runs(folder / "a"), (std::vector<std::filesystem::path>{folder / "a"}));
  expect_error(ErrorCode::not_found, "there is no folder",
               [&] { (void)list_runs(folder / "nowhere"); });
}

TEST(RunHistory, TellsWhatDiffers) {
  const TestFolder folder;
  folder.write("a/metrics.csv", header);
  folder.write("a/config.toml", "[train]\nepochs = 3\nseed = 1\n");
  folder.write("b/metrics.csv", header);
  folder.write("b/config.toml", "[train]\nepochs = 4\nseed = 1\nclip_norm = 10\n");
  const std::vector runs{read_run(folder / "a"), read_run(folder / "b")};
  const auto differences = config_differences(runs);
  ASSERT_EQ(differences.size(), 2U);
  EXPECT_EQ(differences[0].first, "train.clip_norm");
  EXPECT_EQ(differences[0].second, (std::vector<std::string>{"", "10"}));
  EXPECT_EQ(differences[1].second, (std::vector<std::string>{"3", "4"}));
}

TEST(RunHistory, DrawsWhatThereIs) {
  const TestFolder folder;
  folder.write("a<b>/metrics.csv", std::string(header) + "1,4.5,0.003,\n2,2.5,0.002,0.31\n");
  const std::vector runs{read_run(folder / "a<b>")};
  const std::string svg = runs_svg(runs);
  EXPECT_NE(svg.find("Validation AP"), std::string::npos);
  EXPECT_EQ(svg.find("Location loss"), std::string::npos);
  EXPECT_NE(svg.find("a&lt;b&gt;"), std::string::npos);
}

TEST(RunHistory, DrawsValidationBesideTraining) {
  const TestFolder folder;
  folder.write("a/metrics.csv", "epoch,confidence_loss,val_confidence_loss\n1,4.5,4.7\n2,2.5,3\n");
  const std::vector<RunHistory> one{read_run(folder / "a")};
  EXPECT_NE(runs_svg(one).find("a, validation"), std::string::npos);
  // With more runs than distinguishable lines, only those of training.
  const std::vector<RunHistory> many(5, one.front());
  EXPECT_EQ(runs_svg(many).find("a, validation"), std::string::npos);
}

TEST(RunHistory, ErrorsNameFileAndLine) {
  const TestFolder folder;
  expect_error(ErrorCode::not_found, "is not a training run",
               [&] { (void)read_run(folder / "x"); });
  folder.write("a/metrics.csv", std::string(header) + "1,2,3\n");
  expect_error(ErrorCode::format, "metrics.csv:2: has 3 fields, not 4",
               [&] { (void)read_run(folder / "a"); });
  folder.write("a/metrics.csv", std::string(header) + "1,x,3,\n");
  expect_error(ErrorCode::format, "metrics.csv:2: 'x' is not a number",
               [&] { (void)read_run(folder / "a"); });
}

}  // namespace
}  // namespace faceshot::runs
