#include "video/live/settings/cameras.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot::video {
namespace {

class CamerasTest : public ::testing::Test {
 protected:
  CamerasTest()
      : file_(std::filesystem::path(::testing::TempDir()) /
              (std::string("cameras_") +
               ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".toml")) {}
  ~CamerasTest() override { std::filesystem::remove(file_); }
  Cameras read(const std::string& text) {
    std::ofstream(file_) << text;
    return read_cameras(file_);
  }
  /// Expects the text to be refused. @param what must be in the message
  void refused(const std::string& text, const std::string& what) {
    try {
      (void)read(text);
      ADD_FAILURE() << "taken: " << text;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::format);
      EXPECT_NE(std::string(e.what()).find(what), std::string::npos) << e.what();
    }
  }
  std::filesystem::path file_;
};

TEST_F(CamerasTest, AllThatCanBeSaid) {
  const Cameras cameras = read(R"(
[live]
events = "events.jsonl"
keep_days = 7
keep_size = "2 GB"
privacy = true
threads = 2
[streams.yard]
source = "/dev/video0"
width = 640
height = 480
frame_rate = 10
[streams.door]
source = "rtsp://user:pass@camera/stream"
transport = "udp"
hours = ["mon-fri 07:00-19:00"]
detect_every = 3
[streams.door.zones]
desk = [[0.1, 0.5], [0.4, 0.5], [0.4, 1], [0.1, 1.0]]
[streams.door.lines]
entrance = [[0.5, 0.0], [0.5, 1.0]]
)");
  EXPECT_EQ(cameras.live.events, "events.jsonl");
  EXPECT_EQ(cameras.live.keep_days, 7);
  EXPECT_EQ(cameras.live.privacy, true);
  EXPECT_FALSE(cameras.live.webhook);
  ASSERT_EQ(cameras.streams.size(), 2U);
  const StreamSettings& door = cameras.streams[0];
  EXPECT_EQ(door.name, "door");
  EXPECT_EQ(door.input.transport, Transport::udp);
  EXPECT_EQ(door.detect_every, 3);
  ASSERT_EQ(door.zones.size(), 1U);
  EXPECT_EQ(door.zones[0].corners.size(), 4U);
  EXPECT_EQ(door.zones[0].corners[2].y, 1);
  ASSERT_EQ(door.lines.size(), 1U);
  EXPECT_EQ(door.lines[0].name, "entrance");
  std::tm sunday{};
  EXPECT_FALSE(door.hours.contain(sunday));
  EXPECT_EQ(cameras.streams[1].input.width, 640);
  EXPECT_TRUE(cameras.streams[1].hours.contain(sunday));
}

TEST_F(CamerasTest, MistakesNameTheirLine) {
  const std::string door = "[streams.door]\nsource = \"rtsp://c/s\"\n";
  refused("", "contains no streams");
  refused("[streams.a\n", ":1:");
  refused(door + "sorce = 1\n", ":3: unknown key 'sorce'; did you mean 'source'");
  refused("[streams.a]\n", "has no source");
  refused("[streams.a]\nsource = \"file:///etc/passwd\"\n", ":2:");
  refused("[streams.a]\nsource = \"clip.mp4\"\n", "neither a stream URL");
  refused(door + "transport = \"tpc\"\n", "'transport' must be");
  refused(door + "hours = [\"monday\"]\n", ":3: 'monday'");
  refused(door + "hours = 7\n", "'hours' must be");
  refused(door + "detect_every = 0\n", "out of range");
  refused(door + "detect_every = 1.5\n", "whole number");
  refused(door + "[streams.door.zones]\nz = [[0,0],[1,1]]\n", ":4: zone 'z' needs 3 corners");
  refused(door + "[streams.door.zones]\nz = [[0,0],[1,1],[2,0]]\n", "outside the picture");
  refused(door + "[streams.door.zones]\nz = [[0,0],[1],[1,0]]\n", "must be a point");
  refused(door + "[streams.door.zones]\nz = 7\n", "must be a list of points");
  refused(door + "[streams.door.lines]\nl = [[0,0],[1,1],[1,0]]\n", "two points");
  refused("[live]\nlog = \"xml\"\n" + door, "'log' must be");
  refused("[live]\nkeep_days = -1\n" + door, "out of range");
  refused("[live]\nevents = 7\n" + door, "'events' must be a string");
  EXPECT_THROW((void)read_cameras("/nowhere/cameras.toml"), Error);
}

TEST(ParseBytes, SizesAsPeopleWriteThem) {
  EXPECT_EQ(parse_bytes("1500000"), 1500000);
  EXPECT_EQ(parse_bytes("500 MB"), 500'000'000);
  EXPECT_EQ(parse_bytes("2GB"), 2'000'000'000);
  EXPECT_EQ(parse_bytes("1.5 k"), 1500);
  EXPECT_EQ(parse_bytes("3T"), 3'000'000'000'000);
  for (const char* const text : {"", "GB", "0", "-1", "5 XB", "5 GBB", "1e300", "5 G B"})
    EXPECT_THROW((void)parse_bytes(text), Error) << text;
}

}  // namespace
}  // namespace faceshot::video
