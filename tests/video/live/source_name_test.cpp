#include "video/live/sources/source_name.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "faceshot/error.hpp"

namespace faceshot::video {
namespace {

TEST(SourceName, KindsAreToldApart) {
  EXPECT_EQ(source_kind("rtsp://camera/stream"), SourceKind::network);
  EXPECT_EQ(source_kind("RTSP://camera/stream"), SourceKind::network);
  EXPECT_EQ(source_kind("http://[::1]:80/mjpg"), SourceKind::network);
  EXPECT_EQ(source_kind("/dev/video0"), SourceKind::device);
  EXPECT_EQ(source_kind("-"), SourceKind::pipe);
  EXPECT_EQ(source_kind("clip.mp4"), SourceKind::none);
  EXPECT_EQ(source_kind("/nowhere/at all"), SourceKind::none);
  const auto fifo = std::filesystem::path(::testing::TempDir()) / "source_name_fifo";
  std::filesystem::remove(fifo);
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(source_kind(fifo.string()), SourceKind::pipe);
  std::filesystem::remove(fifo);
}

TEST(SourceName, WhatNamesFilesIsRefused) {
  for (const char* const url : {"file:///etc/passwd", "concat://a|b", "subfile://x", "ftp://a/b"})
    EXPECT_THROW((void)source_kind(url), Error) << url;
}

TEST(SourceName, PasswordsAreNotShown) {
  EXPECT_EQ(shown_source("rtsp://user:pass@camera:554/s?key=1"), "rtsp://camera:554/s");
  EXPECT_EQ(shown_source("rtsp://user:p@ss/word@camera/s"), "rtsp://camera/s");
  EXPECT_EQ(shown_source("http://camera/video"), "http://camera/video");
  EXPECT_EQ(shown_source("/dev/video0"), "/dev/video0");
  const std::string url = "rtsp://u:p@c/s";
  EXPECT_EQ(without_secrets("cannot open " + url + ": " + url, url),
            "cannot open rtsp://c/s: rtsp://c/s");
}

}  // namespace
}  // namespace faceshot::video
