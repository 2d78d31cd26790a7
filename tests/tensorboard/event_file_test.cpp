#include "tensorboard/event_file.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "data/test_folder.hpp"
#include "tensorboard/crc32c.hpp"
#include "tensorboard/graph_event.hpp"

namespace faceshot::tensorboard {
namespace {

using faceshot::testing::read_all;
using faceshot::testing::TestFolder;

// Test vectors of RFC 3720, appendix B.4.
TEST(Crc32c, IsThatOfTheStandard) {
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43U);
  std::string ascending;
  for (int i = 0; i < 32; ++i) ascending += static_cast<char>(i);
  EXPECT_EQ(crc32c(ascending), 0x46DD794EU);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
}

TEST(WireWriter, WritesTheDocumentedExamples) {
  // protobuf.dev, "Encoding": Test1{a: 150}, Test2{b: "testing"}, Test3{c: {a: 150}}.
  EXPECT_EQ(WireWriter().integer(1, 150).text(), "\x08\x96\x01");
  EXPECT_EQ(WireWriter().bytes(2, "testing").text(), "\x12\x07testing");
  EXPECT_EQ(WireWriter().message(3, WireWriter().integer(1, 150)).text(), "\x1a\x03\x08\x96\x01");
}

TEST(EventFile, EachFileIsNew) {
  const TestFolder folder;
  const EventFile first(folder / "run");
  const EventFile second(folder / "run");
  EXPECT_NE(first.path(), second.path());
}

TEST(EventFile, FailuresToWriteAreErrors) {
  const TestFolder folder;
  folder.write("file", "in the way");
  EXPECT_THROW(EventFile{folder / "file"}, Error);
}

TEST(PrCurveSummary, RefusesRowsOfDifferentLengths) {
  PrCurveCounts curve;
  curve.recall = {0.1, 0.2};
  EXPECT_THROW((void)pr_curve_summary("x", curve), Error);
}

/// Written for check_events.py, which reads it with protobuf's own decoder.
TEST(EventFile, ForTheIndependentReader) {
  const std::filesystem::path dir = std::string(FACESHOT_BINARY_DIR) + "/tests/tensorboard/events";
  std::filesystem::remove_all(dir);
  EventFile file(dir);
  file.write(7, scalar_summary("loss/total", 1.25));
  file.write(1LL << 40, scalar_summary("loss/total", -3));
  const std::string png("\x89PNG not decoded here", 20);
  file.write(8, image_summary("batch", 20, 10, png));
  const std::vector<float> values{-1, -1, 0, 0.5F, 2, std::numeric_limits<float>::infinity()};
  file.write(9, histogram_summary("weights", values));
  PrCurveCounts curve;
  curve.true_positives = {1, 2, 3};
  curve.false_positives = {0, 1, 5};
  curve.false_negatives = {3, 2, 1};
  curve.precision = {1, 0.5, 0.25};
  curve.recall = {0.25, 0.5, 0.75};
  file.write(10, pr_curve_summary("val/pr", curve));
  const auto hparams =
      hyperparameter_summaries({{"optimizer", "adamw"}}, {{"rate", 0.003}}, {"val/ap"}, 1234.5);
  file.write(0, hparams);
  file.write_graph(graph_def({{"input", "Placeholder", {}, {}},
                              {"backbone/stem", "Conv", {"input"}, {{"kernel", "3x3"}}}}));
  file.write_session_start(12);
  EXPECT_GT(read_all(file.path()).size(), 500U);
}

}  // namespace
}  // namespace faceshot::tensorboard
