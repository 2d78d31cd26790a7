#include "video/track_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot::video {
namespace {

std::filesystem::path written(const std::string& text) {
  const std::filesystem::path file =
      std::filesystem::path(::testing::TempDir()) / "tracks_test.csv";
  std::ofstream(file, std::ios::binary) << text;
  return file;
}

std::string complaint_about(const std::string& text) {
  try {
    (void)read_track_rows(written(text));
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

TEST(TrackFile, ReadsMotChallengesOwnExample) {
  // Of MOT15's results and ground truth: seven columns and ten, frames from 1.
  const auto rows =
      read_track_rows(written("2, 3, 1359.1, 413.27, 120.26, 362.77, 2.3092, -1, -1, -1\r\n"
                              "1,3,794.27,247.59,71.245,174.88,-1,-1,-1,-1\n"
                              "\n"
                              "1,6,1648.1,119.61,66.504,163.24\n"));
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].frame, 0);
  EXPECT_EQ(rows[0].id, 3);
  EXPECT_FLOAT_EQ(rows[0].box.x1, 794.27F);
  EXPECT_FLOAT_EQ(rows[0].box.x2, 794.27F + 71.245F);
  EXPECT_EQ(rows[1].id, 6);
  EXPECT_FLOAT_EQ(rows[1].score, 1);
  EXPECT_EQ(rows[2].frame, 1);
  EXPECT_FLOAT_EQ(rows[2].score, 2.3092F);
}

TEST(TrackFile, WritesWhatItReads) {
  const TrackRow row{41, 7, {10.25F, 20.5F, 30.75F, 44}, 0.875F};
  EXPECT_EQ(track_row_text(row), "42,7,10.25,20.50,20.50,23.50,0.8750,-1,-1,-1\n");
  const auto rows = read_track_rows(written(track_row_text(row)));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].frame, 41);
  EXPECT_EQ(rows[0].box, row.box);
  EXPECT_EQ(rows[0].score, row.score);
}

// A file of another kind must not succeed and hide nothing.
TEST(TrackFile, RefusesAFileWithoutTracks) {
  EXPECT_NE(complaint_about("a,b\n"), "");
  for (const char* text : {"", "\n\n", "frame,id,left,top,width,height\n"})
    EXPECT_NE(complaint_about(text).find("holds no tracks"), std::string::npos) << text;
}

TEST(TrackFile, PassesOverNamesOfColumns) {
  EXPECT_EQ(read_track_rows(written("frame,id,x,y,w,h\n1,1,2,3,4,5\n")).size(), 1U);
}

TEST(TrackFile, NamesTheLineThatIsWrong) {
  EXPECT_NE(complaint_about("1,1,2,3,4,5\n1,2,x,3,4,5\n").find(":2: "), std::string::npos);
  for (const char* const text :
       {"0,1,2,3,4,5\n", "1.5,1,2,3,4,5\n", "1,1,2,3,4\n", "1,1,2,3,0,5\n", "1,1,2,3,4,-5\n",
        "1,1,nan,3,4,5\n", "1,1,2,3,1e9,5\n", "1,1,2,3,4,5\n1,1,2,3,4,5\n", "1,1,,3,4,5\n",
        "99999999999999999999999,1,2,3,4,5\n"})
    EXPECT_NE(complaint_about(text), "") << text;
}

TEST(TrackFile, SaysThatThereIsNone) {
  EXPECT_THROW((void)read_track_rows("/nowhere/tracks.csv"), Error);
}

}  // namespace
}  // namespace faceshot::video
