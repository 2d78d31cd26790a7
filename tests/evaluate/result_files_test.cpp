#include "evaluate/result_files.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "faceshot/error.hpp"

namespace faceshot::evaluate {
namespace {

namespace fs = std::filesystem;

class ResultFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::path(::testing::TempDir()) /
           (std::string("faceshot_results_") +
            ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(dir_);
  }
  void TearDown() override { fs::remove_all(dir_); }

  void write(const std::string& file, const std::string& content) const {
    fs::create_directories((dir_ / file).parent_path());
    std::ofstream(dir_ / file) << content;
  }
  /// Message of the error, which must have this code.
  [[nodiscard]] std::string message(ErrorCode expected = ErrorCode::format) const {
    try {
      (void)read_result_files(dir_);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), expected) << e.what();
      return e.what();
    }
    ADD_FAILURE() << "was read";
    return {};
  }

  fs::path dir_;
};

TEST_F(ResultFiles, RoundTripIsExact) {
  const std::vector<ImageDetections> images{
      {"0--Parade",
       "0_Parade_1",
       {{1.0 / 3, -2.5, 1e-7, 12345.678901234567, 0.1}, {0, 0, 0, 0, -17.25}}},
      {"0--Parade", "0_Parade_2.x", {}},
      {"61--Street_Battle", "a b", {{1, 2, 3, 4, 1}}}};
  write_result_files(dir_, images);
  const auto read = read_result_files(dir_);
  ASSERT_EQ(read.size(), images.size());
  for (std::size_t i = 0; i < images.size(); ++i) {
    EXPECT_EQ(read[i].event, images[i].event);
    EXPECT_EQ(read[i].image, images[i].image);
    EXPECT_EQ(read[i].boxes, images[i].boxes);
  }
}

TEST_F(ResultFiles, WritesTheOfficialLayout) {
  write_result_files(dir_, std::vector<ImageDetections>{{"e", "i", {{1, 2.5, 3, 4, 0.75}}}});
  std::ifstream file(dir_ / "e/i.txt");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text, "i\n1\n1 2.5 3 4 0.75\n");
  EXPECT_EQ(std::distance(fs::directory_iterator(dir_ / "e"), {}), 1);  // nothing temporary left
}

TEST_F(ResultFiles, ReadsWhatOthersWrite) {
  // Path instead of a name, CRLF, tabs, several blanks, a sixth column, blank lines at the end.
  write("e/i.txt", "e/i.jpg\r\n2 \r\n 1.0\t2  3.00 4e0 0.9\r\n5 6 7 8 1e-3 99\r\n\r\n");
  write("e/notes.md", "not a result file");
  write("readme.txt", "not in an event's folder");
  const auto read = read_result_files(dir_);
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].image, "i");
  EXPECT_EQ(read[0].boxes, (std::vector<ScoredBox>{{1, 2, 3, 4, 0.9}, {5, 6, 7, 8, 0.001}}));
}

TEST_F(ResultFiles, DamageIsNamedByFileAndLine) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "i.txt:1: "},
      {"i\n", "i.txt:2: "},
      {"i\nmany\n", "i.txt:2: "},
      {"i\n-1\n", "i.txt:2: "},
      {"i\n2 3\n", "i.txt:2: "},
      {"i\n2\n1 2 3 4 0.5\n", "i.txt:4: truncated after 1 of 2"},
      {"i\n99999999999999999\n", "i.txt:3: truncated"},
      {"i\n1\n1 2 3 4\n", "i.txt:3: "},
      {"i\n1\n1 2 3 4 0.5x\n", "i.txt:3: "},
      {"i\n1\n1 2 3 4 nan\n", "i.txt:3: "},
      {"i\n1\n1 2 inf 4 0.5\n", "i.txt:3: "},
      {"i\n1\n1 2 -3 4 0.5\n", "i.txt:3: "},
      {"i\n1\n1 2 3 4 0.5\n1 2 3 4 0.5\n", "i.txt:4: more lines"},
  };
  for (const auto& [content, place] : cases) {
    write("e/i.txt", content);
    EXPECT_NE(message().find(place), std::string::npos) << content;
  }
}

TEST_F(ResultFiles, MissingOrEmptyFolder) {
  EXPECT_NE(message(ErrorCode::not_found).find("no such folder"), std::string::npos);
  fs::create_directories(dir_ / "e");
  EXPECT_NE(message(ErrorCode::not_found).find("no result files"), std::string::npos);
}

TEST_F(ResultFiles, NamesCannotLeaveTheFolder) {
  for (const char* name : {"", "..", "a/b"}) {
    EXPECT_THROW(write_result_files(dir_, std::vector<ImageDetections>{{"e", name, {}}}), Error);
    EXPECT_THROW(write_result_files(dir_, std::vector<ImageDetections>{{name, "i", {}}}), Error);
  }
  EXPECT_FALSE(fs::exists(dir_));
}

TEST_F(ResultFiles, UnwritableFolderIsAnError) {
  write("e", "a file where the event's folder should be");
  EXPECT_THROW(write_result_files(dir_, std::vector<ImageDetections>{{"e", "i", {}}}), Error);
}

}  // namespace
}  // namespace faceshot::evaluate
