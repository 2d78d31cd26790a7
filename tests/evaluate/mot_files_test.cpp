#include "evaluate/tracks/mot_files.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot::evaluate {
namespace {

namespace fs = std::filesystem;

class MotFiles : public ::testing::Test {
 protected:
  MotFiles() : dir_(fs::path(::testing::TempDir()) / "mot_files") {
    fs::remove_all(dir_);
    fs::create_directories(dir_);
  }
  ~MotFiles() override { fs::remove_all(dir_); }

  fs::path write(const std::string& name, const std::string& text) {
    fs::create_directories((dir_ / name).parent_path());
    std::ofstream(dir_ / name) << text;
    return dir_ / name;
  }

  std::string complaint(const std::string& text, bool truth = false) {
    try {
      (void)read_mot_file(write("a.txt", text), truth);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::format);
      return e.what();
    }
    return "";
  }

  fs::path dir_;
};

TEST_F(MotFiles, CommasOrBlanksAndAsManyFieldsAsThereAre) {
  const auto boxes = read_mot_file(write("a.txt",
                                         "2,3,10.5,20,30,40,0.9,-1,-1,-1\r\n\n"
                                         "1 7 1 2 3 4\n"
                                         "1, 8, 1, 2, 3, 4, -1, -1, -1\n"),
                                   false);
  ASSERT_EQ(boxes.size(), 3U);
  EXPECT_EQ(boxes[0].id, 7);  // sorted by frame
  EXPECT_EQ(boxes[0].confidence, 1);
  EXPECT_EQ(boxes[1].confidence, 1);
  EXPECT_EQ(boxes[1].type, 1);
  EXPECT_EQ(boxes[2].frame, 2);
  EXPECT_EQ(boxes[2].left, 10.5);
  EXPECT_EQ(boxes[2].height, 40);
  EXPECT_EQ(boxes[2].confidence, 0.9);
  const auto truth = read_mot_file(write("gt.txt", "1,1,0,0,5,5,0,8,0.25\n"), true);
  EXPECT_EQ(truth[0].confidence, 0);
  EXPECT_EQ(truth[0].type, 8);
  EXPECT_EQ(truth[0].visibility, 0.25);
}

TEST_F(MotFiles, DamageIsNamedByLine) {
  EXPECT_NE(complaint("1,1,0,0,5,5\n1,2,0,0\n").find("a.txt:2: "), std::string::npos);
  EXPECT_NE(complaint("0,1,0,0,5,5\n").find("frames count from 1"), std::string::npos);
  EXPECT_NE(complaint("1,1,0,0,x,5\n").find(":1: "), std::string::npos);
  EXPECT_NE(complaint("1,1,0,0,nan,5\n").find(":1: "), std::string::npos);
  EXPECT_NE(complaint("1,1,0,0,-5,5\n").find("negative"), std::string::npos);
  EXPECT_NE(complaint("1,1,0,0,5,5\n1,1,9,9,5,5\n").find("twice"), std::string::npos);
  EXPECT_NE(complaint("1,1,0,0,5,5,1,2\n").find("class 1"), std::string::npos);
  EXPECT_EQ(complaint("1,1,0,0,5,5,1,2\n", true), "");
  EXPECT_EQ(complaint(""), "");
  EXPECT_THROW((void)read_mot_file(dir_ / "none.txt", false), Error);
}

TEST_F(MotFiles, FoldersAreAsMotChallengeHasThem) {
  write("truth/b/gt/gt.txt", "1,1,0,0,5,5,1,1,1\n");
  write("truth/a/gt/gt.txt", "1,1,0,0,5,5,1,1,1\n");
  write("found/a.txt", "1,1,0,0,5,5\n");
  const auto sequences = read_mot_sequences(dir_ / "truth", dir_ / "found");
  ASSERT_EQ(sequences.size(), 2U);
  EXPECT_EQ(sequences[0].name, "a");
  EXPECT_EQ(sequences[0].found.size(), 1U);
  EXPECT_TRUE(sequences[1].found.empty());
  EXPECT_THROW((void)read_mot_sequences(dir_ / "truth", dir_ / "found/a.txt"), Error);
  EXPECT_THROW((void)read_mot_sequences(dir_ / "found", dir_ / "found"), Error);
  write("other/c.txt", "1,1,0,0,5,5\n");
  EXPECT_THROW((void)read_mot_sequences(dir_ / "truth", dir_ / "other"), Error);
}

}  // namespace
}  // namespace faceshot::evaluate
