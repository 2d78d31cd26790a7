#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numbers>
#include <string>
#include <vector>

#include "evaluate/fddb/fddb_files.hpp"
#include "evaluate/fddb/fddb_protocol.hpp"
#include "faceshot/error.hpp"

namespace faceshot::evaluate::fddb_test {
namespace {

namespace fs = std::filesystem;

const fs::path fixtures = fs::path(FACESHOT_SOURCE_DIR) / "tests/evaluate/fixtures/fddb";

// expected.json is by scripts/check_protocols.py: areas by lines, matching by scipy.
TEST(Fddb, AgreesWithPythonOnMadeUpFolds) {
  const auto expected = nlohmann::json::parse(std::ifstream(fixtures / "expected.json"));
  for (const std::string kind : {"rectangles", "ellipses"}) {
    SCOPED_TRACE(kind);
    std::vector<FddbFold> folds = read_fddb_folds(fixtures / "folds");
    ASSERT_EQ(folds.size(), 10U);
    read_fddb_results(fixtures / kind, folds);
    std::vector<FddbImage> all;
    for (const FddbFold& fold : folds) {
      all.insert(all.end(), fold.images.begin(), fold.images.end());
      const FddbPoint at = fddb_rates_at(fddb_roc(fold.images), 10);
      const auto& wanted = expected.at(kind).at("folds_at_10").at(fold.name);
      EXPECT_NEAR(at.discrete, wanted.at("discrete").get<double>(), 1e-9) << fold.name;
      EXPECT_NEAR(at.continuous, wanted.at("continuous").get<double>(), 2e-5) << fold.name;
    }
    const FddbRoc roc = fddb_roc(all);
    for (const auto& [alarms, wanted] : expected.at(kind).at("at").items()) {
      const FddbPoint at = fddb_rates_at(roc, std::stoul(alarms));
      EXPECT_NEAR(at.discrete, wanted.at("discrete").get<double>(), 1e-9) << alarms;
      EXPECT_NEAR(at.continuous, wanted.at("continuous").get<double>(), 2e-5) << alarms;
    }
  }
}

TEST(Fddb, OverlapsOfCirclesAndSquares) {
  const FddbEllipse circle{10, 10, 0.4, 50, 50};
  const double area = std::numbers::pi * 100;
  EXPECT_NEAR(fddb_overlap(circle, {FddbRectangle{40, 40, 20, 20}, 1}), area / 400, 1e-12);
  EXPECT_NEAR(fddb_overlap(circle, {FddbRectangle{49, 49, 2, 2}, 1}), 4 / area, 1e-12);
  EXPECT_NEAR(fddb_overlap(circle, {FddbRectangle{50, 0, 100, 100}, 1}),
              area / 2 / (10000 + area / 2), 1e-12);
  EXPECT_NEAR(fddb_overlap(circle, {FddbEllipse{10, 10, 2, 50, 50}, 1}), 1, 1e-5);
  EXPECT_NEAR(fddb_overlap(circle, {FddbEllipse{20, 5, 1, 50, 50}, 1}),
              fddb_overlap({20, 5, 1, 50, 50}, {circle, 1}), 1e-5);
  EXPECT_EQ(fddb_overlap(circle, {FddbRectangle{60.5, 40, 20, 20}, 1}), 0);
  // Half of the circle and of the square lie beyond the image's edge.
  EXPECT_NEAR(fddb_overlap(circle, {FddbRectangle{40, 40, 20, 20}, 1}, 50, 200), area / 400, 1e-12);
}

TEST(Fddb, OneToOneAndTheBestSum) {
  // Two faces, three detections of the first: the second of two equal ones is a false positive.
  FddbImage image{"a", 0, 0, {{10, 10, 0, 20, 20}, {10, 10, 0, 60, 20}}, {}};
  image.found = {{FddbEllipse{10, 10, 0, 20, 20}, 0.9},
                 {FddbEllipse{10, 10, 0, 21, 20}, 0.8},
                 {FddbEllipse{10, 10, 0, 60, 21}, 0.8}};
  const FddbRoc roc = fddb_roc({&image, 1});
  ASSERT_EQ(roc.points.size(), 2U) << "two scores";
  EXPECT_EQ(roc.points[0].discrete, 0.5);
  EXPECT_EQ(roc.points[0].false_alarms, 0U);
  EXPECT_EQ(roc.points[1].discrete, 1);
  EXPECT_EQ(roc.points[1].false_alarms, 1U);
  EXPECT_EQ(fddb_rates_at(roc, 0).score, 0.9);
  image.found[0].score = NAN;
  EXPECT_THROW((void)fddb_roc({&image, 1}), Error);
}

TEST(Fddb, FilesSayWhatIsWrong) {
  const fs::path dir = fs::path(::testing::TempDir()) / "fddb_files";
  fs::create_directories(dir);
  const auto complaint = [&](const std::string& list, const std::string& results) -> std::string {
    std::ofstream(dir / "FDDB-fold-01-ellipseList.txt") << list;
    std::ofstream(dir / "fold-01-out.txt") << results;
    try {
      std::vector<FddbFold> folds = read_fddb_folds(dir);
      read_fddb_results(dir, folds);
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing";
  };
  const auto has = [](const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
  };
  const std::string good = "a/b\n1\n10 8 0.1 20 20  1\n";
  EXPECT_EQ(complaint(good, "a/b\r\n1\r\n1 2 3 4 0.5\r\n"), "nothing");
  EXPECT_TRUE(has(complaint("a/b\nx\n", ""), "List.txt:2: the number of regions"));
  EXPECT_TRUE(has(complaint("a/b\n1\n", ""), "List.txt:2: the file ends"));
  EXPECT_TRUE(has(complaint("a/b\n1\n10 0 0 1 1 1\n", ""), "List.txt:3: an ellipse"));
  EXPECT_TRUE(has(complaint(good, "a/b\n1\n1 2 3 4\n"), "out.txt:3: a detection"));
  EXPECT_TRUE(has(complaint(good, "c\n0\n"), "which is in none of the folds"));
  EXPECT_TRUE(has(complaint(good, ""), "has no result of 'a/b'"));
  EXPECT_TRUE(has(complaint(good, "a/b\n0\na/b\n0\n"), "a second result"));
  fs::remove_all(dir);
  EXPECT_THROW((void)read_fddb_folds(dir), Error);
}

TEST(Fddb, ResultsAreReadBack) {
  const fs::path dir = fs::path(::testing::TempDir()) / "fddb_back";
  std::vector<FddbFold> folds{{"01", {{"a", 0, 0, {}, {{FddbRectangle{1, 2.5, 3, 4}, 0.25}}}}},
                              {"02", {{"b", 0, 0, {}, {{FddbEllipse{5, 4, 0.1, 2, 3}, 0.5}}}}}};
  write_fddb_results(dir, folds);
  std::vector<FddbFold> back{{"01", {{"a", 0, 0, {}, {}}}}, {"02", {{"b", 0, 0, {}, {}}}}};
  read_fddb_results(dir, back);
  ASSERT_EQ(back[0].images[0].found.size(), 1U);
  EXPECT_EQ(std::get<FddbRectangle>(back[0].images[0].found[0].region).y, 2.5);
  EXPECT_EQ(std::get<FddbEllipse>(back[1].images[0].found.at(0).region).angle, 0.1);
  fs::remove_all(dir);
}

}  // namespace
}  // namespace faceshot::evaluate::fddb_test
