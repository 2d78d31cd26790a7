#include "evaluate/wider_ground_truth.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "faceshot/error.hpp"
#include "matfile/mat_file.hpp"
#include "matfile/mat_writer.hpp"

/// matio requests whatever memory a damaged length calls for, and copes with refusal. The address
/// sanitizer, if a test is built with it, must refuse too instead of ending the program.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }

namespace faceshot::evaluate {
namespace {

namespace fs = std::filesystem;

const fs::path fixture = fs::path(FACESHOT_SOURCE_DIR) / "tests/evaluate/fixtures/ground_truth";

using faceshot::testing::cell;
using faceshot::testing::Mat;
using faceshot::testing::matrix;
using faceshot::testing::save_mat;
using faceshot::testing::text;

/// A copy of the fixture that a test may damage.
class WiderGroundTruthFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::path(::testing::TempDir()) /
           (std::string("faceshot_") +
            ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(dir_);
    fs::copy(fixture, dir_);
  }
  void TearDown() override { fs::remove_all(dir_); }

  [[nodiscard]] std::string bytes(const std::string& file) const {
    std::ifstream in(dir_ / file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::string& file, const std::string& content) const {
    std::ofstream(dir_ / file, std::ios::binary) << content;
  }
  void save(const std::string& file, const std::vector<std::pair<std::string, Mat>>& values) const {
    save_mat(dir_ / file, values);
  }
  /// The error's message; empty if the files were read.
  [[nodiscard]] std::string message(ErrorCode expected = ErrorCode::format) const {
    try {
      (void)read_wider_ground_truth(dir_);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), expected) << e.what();
      return e.what();
    }
    return {};
  }

  fs::path dir_;
};

// The values are scipy's own reading of the same files.
TEST_F(WiderGroundTruthFiles, ReadsWhatScipyWrote) {
  const WiderGroundTruth truth = read_wider_ground_truth(dir_);
  ASSERT_EQ(truth.images.size(), 16U);
  EXPECT_EQ(truth.images[0].event, "0--Parade");
  EXPECT_EQ(truth.images[0].name, "0_Parade_0");
  EXPECT_EQ(truth.images[15].event, "61--Street_Battle");
  EXPECT_EQ(truth.images[15].name, "61_Street_Battle_3");
  EXPECT_TRUE(truth.images[2].faces.empty());
  std::array<std::ptrdiff_t, 3> counts{};
  for (const WiderImage& image : truth.images)
    for (std::size_t s = 0; s < counts.size(); ++s) {
      ASSERT_EQ(image.counts[s].size(), image.faces.size());
      counts[s] += std::count(image.counts[s].begin(), image.counts[s].end(), char{1});
    }
  EXPECT_EQ(counts, (std::array<std::ptrdiff_t, 3>{27, 33, 51}));
  for (const WiderImage& image : truth.images)
    for (std::size_t i = 0; i < image.faces.size(); ++i)
      EXPECT_EQ(image.counts[0][i] != 0, image.faces[i].h >= 50) << image.name << " " << i;
}

TEST_F(WiderGroundTruthFiles, MissingFolderOrFileIsNamed) {
  fs::remove(dir_ / "wider_medium_val.mat");
  EXPECT_NE(message(ErrorCode::not_found).find("wider_medium_val.mat"), std::string::npos);
  fs::remove_all(dir_);
  EXPECT_NE(message(ErrorCode::not_found).find(dir_.string()), std::string::npos);
}

TEST_F(WiderGroundTruthFiles, WrongFileIsNamed) {
  write("wider_hard_val.mat", "P6 not a .mat file at all");
  EXPECT_NE(message().find("wider_hard_val.mat"), std::string::npos);
  write("wider_hard_val.mat", bytes("wider_face_val.mat"));
  EXPECT_NE(message().find("gt_list"), std::string::npos);
}

TEST_F(WiderGroundTruthFiles, CutOffAnywhereIsAnErrorOrWhole) {
  for (const std::string file : {"wider_face_val.mat", "wider_easy_val.mat"}) {
    const std::string whole = bytes(file);
    for (std::size_t length = 0; length < whole.size(); length += 7) {
      write(file, whole.substr(0, length));
      EXPECT_NE(message(), "") << file << " cut at " << length << " of " << whole.size();
    }
    write(file, whole);
  }
  EXPECT_EQ(message(), "");
}

TEST_F(WiderGroundTruthFiles, FlippedBitsNeverCrash) {
  for (const std::string file : {"wider_face_val.mat", "wider_easy_val.mat"}) {
    const std::string whole = bytes(file);
    for (std::size_t at = 0; at < whole.size(); at += 11) {
      std::string flipped = whole;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
      write(file, flipped);
      (void)message();  // an error or other numbers; the fixture catches all other exceptions
    }
    write(file, whole);
  }
}

// 3.7 kB that claim a large array of structures, found by fuzzing: matio is busy with it for
// minutes.
TEST_F(WiderGroundTruthFiles, AFileThatKeepsMatioBusyForMinutesIsDamaged) {
  fs::copy_file(FACESHOT_SOURCE_DIR "/tests/data/fixtures/endless.mat", dir_ / "wider_hard_val.mat",
                fs::copy_options::overwrite_existing);
  EXPECT_NE(message().find("wider_hard_val.mat"), std::string::npos);
}

// Files written by matio itself, wrong in one place each.
TEST_F(WiderGroundTruthFiles, ContradictionsAreNamedWithTheirPlace) {
  const auto one_image = [&](const Mat& boxes, const Mat& numbers) {
    save("wider_face_val.mat", {{"event_list", cell({text("e")})},
                                {"file_list", cell({cell({text("i")})})},
                                {"face_bbx_list", cell({cell({boxes})})}});
    for (const char* setting : {"easy", "medium", "hard"})
      save("wider_" + std::string(setting) + "_val.mat", {{"gt_list", cell({cell({numbers})})}});
    return message();
  };
  const Mat two_faces = matrix(2, 4, {10, 20, 30, 40, 5, 6, 7, 8});
  EXPECT_EQ(one_image(two_faces, matrix(2, 1, {1, 2})), "");
  EXPECT_EQ(one_image(two_faces, matrix(0, 0, {})), "");
  EXPECT_EQ(one_image(matrix(0, 0, {}), matrix(0, 0, {})), "");
  for (const double number : {0.0, 3.0, 1.5, -1.0})
    EXPECT_NE(
        one_image(two_faces, matrix(1, 1, {number})).find("wider_easy_val.mat: gt_list{1}{1}"),
        std::string::npos)
        << number;
  EXPECT_NE(one_image(matrix(1, 3, {1, 2, 3}), matrix(1, 1, {1})).find("face_bbx_list{1}{1}"),
            std::string::npos);
  EXPECT_NE(one_image(text("boxes"), matrix(1, 1, {1})).find("face_bbx_list{1}{1}"),
            std::string::npos);
  EXPECT_NE(
      one_image(matrix(1, 4, {1, 2, 3, std::numeric_limits<double>::infinity()}), matrix(1, 1, {1}))
          .find("not finite"),
      std::string::npos);
  EXPECT_EQ(one_image(two_faces, matrix(1, 1, {1})), "");
  save("wider_medium_val.mat", {{"gt_list", cell({cell({})})}});
  EXPECT_NE(message().find("wider_medium_val.mat: gt_list{1}"), std::string::npos);
}

TEST(MatFile, RefusesOtherTypes) {
  matfile::MatFile file(fixture / "wider_face_val.mat");
  const matfile::MatValue events = file.read("event_list");
  EXPECT_THROW((void)events.text(), Error);
  EXPECT_THROW((void)events.numbers(), Error);
  EXPECT_THROW((void)events.cell(0).cells(), Error);
  EXPECT_THROW((void)events.cell(0).numbers(), Error);
  EXPECT_THROW((void)file.read("no_such_variable"), Error);
}

}  // namespace
}  // namespace faceshot::evaluate
