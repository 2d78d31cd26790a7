// What is kept of a stream: snapshots, recordings, figures.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "faceshot/error.hpp"
#include "video/libav.hpp"
#include "video/live/events/retention.hpp"
#include "video/live/events/snapshot.hpp"
#include "video/live/live_status.hpp"
#include "video/reading/film_reader.hpp"
#include "video/writing/live_recorder.hpp"

namespace faceshot::video {
namespace {

namespace fs = std::filesystem;

class KeepingTest : public ::testing::Test {
 protected:
  KeepingTest()
      : folder_(fs::path(::testing::TempDir()) /
                (std::string("keeping_") +
                 ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~KeepingTest() override { fs::remove_all(folder_); }

  void stored(const std::string& name, std::size_t bytes, int days_ago) const {
    const fs::path file = folder_ / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << std::string(bytes, 'x');
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(24 * days_ago));
  }
  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(folder_))
      if (entry.is_regular_file()) names.insert(entry.path().lexically_relative(folder_).string());
    return names;
  }
  fs::path folder_;
};

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

TEST_F(KeepingTest, OldSnapshotsGoByAgeAndSizeAndNothingElseDoes) {
  const std::string young = "door/2026-11-30/183026.123-12.jpg",
                    old = "door/2026-11-20/183026.123-11.jpg",
                    older = "yard/2026-11-10/000000.000-1.jpg";
  const std::set<std::string> foreign{"holiday.jpg", "door/2026-11-20/mine.jpg",
                                      "door/2026-11-20/deep/183026.123-11.jpg",
                                      "door/20261120/183026.123-11.jpg", "door/note.txt"};
  for (const std::string& name : foreign) stored(name, 100, 100);
  stored(young, 1000, 0);
  stored(old, 1000, 10);
  stored(older, 1000, 20);
  fs::create_directory_symlink(folder_ / "door", folder_ / "link");
  const auto all_but = [&](std::set<std::string> gone) {
    std::set<std::string> left = foreign;
    for (const std::string& name : {young, old, older})
      if (!gone.contains(name)) left.insert(name);
    return left;
  };
  RetentionReport report = remove_old_snapshots(folder_, {}, seconds_now());
  EXPECT_EQ(report.files, 3);
  EXPECT_EQ(report.bytes, 3000);
  report = remove_old_snapshots(folder_, {.most_age = 15 * 86400.0}, seconds_now());
  EXPECT_EQ(report.removed, 1);
  EXPECT_EQ(files(), all_but({older}));
  EXPECT_FALSE(fs::exists(folder_ / "yard"));
  report = remove_old_snapshots(folder_, {.most_bytes = 1500}, seconds_now());
  EXPECT_EQ(report.removed_bytes, 1000);
  EXPECT_EQ(files(), all_but({older, old}));
  EXPECT_EQ(remove_old_snapshots(folder_ / "nowhere", {}, seconds_now()).files, 0);
}

/// Blobs of all sizes, like the features of a face.
cv::Mat textured(int side) {
  cv::Mat noise(side, side, CV_8U), sum = cv::Mat::zeros(side, side, CV_32F);
  cv::RNG rng(5);
  for (const double sigma : {0.7, 2.0, 6.0}) {
    rng.fill(noise, cv::RNG::UNIFORM, 0, 256);
    cv::Mat smooth;
    noise.convertTo(smooth, CV_32F);
    cv::GaussianBlur(smooth, smooth, {}, sigma);
    sum += (smooth - 128) * sigma;
  }
  cv::normalize(sum, sum, 20, 235, cv::NORM_MINMAX);
  sum.convertTo(noise, CV_8U);
  return noise;
}

ImageView grey_view(const cv::Mat& image) {
  return {image.data, image.cols, image.rows, static_cast<std::ptrdiff_t>(image.step),
          PixelFormat::gray};
}

constexpr Landmarks frontal{35, 40, 65, 40, 50, 58, 38, 75, 62, 75};

TEST(SnapshotQuality, FallsWithBlurButNotWithContrast) {
  const cv::Mat sharp = textured(120);
  const Box box{10, 10, 110, 110};
  double before = 2;
  for (const double sigma : {0.0, 1.0, 2.0, 4.0}) {
    cv::Mat blurred = sharp.clone();  // clone: otherwise `sharp` would be blurred, too
    if (sigma > 0) cv::GaussianBlur(sharp, blurred, {}, sigma);
    const double sharpness = snapshot_quality(grey_view(blurred), box, frontal).sharpness;
    EXPECT_LT(sharpness, 0.9 * before) << sigma;
    before = sharpness;
  }
  const cv::Mat pale = sharp / 2 + 60;
  EXPECT_NEAR(snapshot_quality(grey_view(pale), box, frontal).sharpness /
                  snapshot_quality(grey_view(sharp), box, frontal).sharpness,
              1, 0.03);
}

TEST(SnapshotQuality, FallsAsAHeadTurnsAndGrowsWithTheFace) {
  const cv::Mat image = textured(300);
  const ImageView view = grey_view(image);
  double before = 2;
  for (const float nose : {50.0F, 55.0F, 60.0F, 70.0F}) {
    Landmarks turned = frontal;
    turned[2].x = nose;
    const double frontality = snapshot_quality(view, {0, 0, 100, 100}, turned).frontality;
    EXPECT_LT(frontality, before);
    before = frontality;
  }
  EXPECT_EQ(before, 0);
  EXPECT_EQ(snapshot_quality(view, {0, 0, 100, 100}, frontal).frontality, 1);
  EXPECT_EQ(snapshot_quality(view, {0, 0, 100, 100}, std::nullopt).frontality, 0.5);
  EXPECT_EQ(snapshot_quality(view, {0, 0, 160, 160}, frontal).size, 1);
  EXPECT_NEAR(snapshot_quality(view, {0, 0, 40, 40}, frontal).size, 0.25, 1e-6);
  EXPECT_NEAR(snapshot_quality(view, {-80, 0, 80, 160}, frontal).size, 0.5, 1e-6);
  EXPECT_EQ(snapshot_quality(view, {NAN, 0, 80, 160}, frontal).all(), 0);
}

TEST(SnapshotKeeper, KeepsTheBestOfEachTrackOnce) {
  const cv::Mat sharp = textured(200);
  cv::Mat blurred;
  cv::GaussianBlur(sharp, blurred, {}, 3);
  SnapshotKeeper keeper;
  TrackedFace face;
  face.id = 4;
  face.box = {40, 40, 140, 140};
  face.landmarks = frontal;
  keeper.offer(grey_view(blurred), face);
  keeper.offer(grey_view(sharp), face);
  keeper.offer(grey_view(blurred), face);
  const auto best = keeper.take(4);
  ASSERT_TRUE(best);
  EXPECT_NEAR(best->image.width(), 180, 3);  // with its margin
  EXPECT_EQ(best->quality, snapshot_quality(grey_view(sharp), face.box, frontal).all());
  EXPECT_EQ(best->image.row(10)[0], sharp.at<std::uint8_t>(10, 0));
  EXPECT_FALSE(keeper.take(4));
}

TEST(SnapshotPath, IsOneThatRetentionKnows) {
  EXPECT_EQ(snapshot_path("faces", "../a b", 1764527426.123, 12).string(),
            "faces/___a_b/2025-11-30/183026.123-12.jpg");
}

LiveStatus some_status() {
  LiveStatus status;
  status.utc = 1764527426;
  for (const auto& [name, state] : {std::pair{"door", SourceState::live},
                                    {"ya\"rd\\", SourceState::waiting},
                                    {"roof", SourceState::asleep}}) {
    StreamStatus s;
    s.name = name;
    s.state = state;
    s.frames = 7;
    for (int i = 1; i <= 100; ++i) s.latency.add(0.001 * i);
    s.totals.lines["l"] = {3, 4};
    s.totals.zones["z"] = 5;
    status.streams.push_back(s);
  }
  status.has_webhook = true;
  status.queued = 2;
  read_process(status);
  return status;
}

TEST(LiveStatus, HealthSaysHowManyAreThere) {
  LiveStatus status = some_status();
  EXPECT_STREQ(health_of(status), "degraded");
  status.streams[1].state = SourceState::live;
  EXPECT_STREQ(health_of(status), "ok");
  status.streams[0].state = status.streams[1].state = SourceState::connecting;
  EXPECT_STREQ(health_of(status), "down");
  const auto json = nlohmann::json::parse(health_json(status));
  EXPECT_EQ(json["status"], "down");
  EXPECT_EQ(json["streams"].size(), 3U);
  EXPECT_EQ(json["streams"][0]["frame_age"], nullptr);
  EXPECT_NEAR(json["streams"][0]["latency"]["p95"].get<double>(), 0.095, 0.004);
  EXPECT_EQ(json["webhook"]["queued"], 2);
  EXPECT_GT(json["resident_bytes"], 1'000'000);
  EXPECT_GT(json["descriptors"], 2);
}

// The rules of Prometheus' text format 0.0.4, as far as they apply to what we write.
TEST(LiveStatus, MetricsAreInPrometheusForm) {
  std::istringstream text(prometheus_text(some_status()));
  std::set<std::string> typed, seen;
  std::string family;
  int samples = 0;
  for (std::string line; std::getline(text, line);) {
    std::istringstream words(line);
    std::string first, second, third;
    words >> first >> second >> third;
    if (first == "#") {
      if (second == "TYPE") {
        EXPECT_TRUE(typed.insert(third).second) << third << " has two types";
        family = third;
      }
      continue;
    }
    ++samples;
    const std::string name = line.substr(0, line.find_first_of("{ "));
    EXPECT_TRUE(name == family || name == family + "_sum" || name == family + "_count") << line;
    const std::string series = line.substr(0, line.rfind(' '));
    EXPECT_TRUE(seen.insert(series).second) << series << " appears twice";
    char* end = nullptr;
    (void)std::strtod(line.c_str() + line.rfind(' '), &end);
    EXPECT_EQ(*end, '\0') << line;
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string::npos);
  }
  EXPECT_GT(samples, 60);
  EXPECT_TRUE(seen.contains("faceshot_stream_up{stream=\"ya\\\"rd\\\\\"}"));
  EXPECT_TRUE(
      seen.contains("faceshot_line_crossings_total{stream=\"door\",line=\"l\",direction=\"in\"}"));
}

Frame film_frame(int width, int height, int number) {
  AVFrame* const frame = require_memory(av_frame_alloc());
  frame->format = AV_PIX_FMT_YUV420P;
  frame->width = width;
  frame->height = height;
  EXPECT_EQ(av_frame_get_buffer(frame, 0), 0);
  for (int plane = 0; plane < 3; ++plane)
    for (int y = 0; y < (plane == 0 ? height : height / 2); ++y)
      std::fill_n(frame->data[plane] + frame->linesize[plane] * y, plane == 0 ? width : width / 2,
                  static_cast<std::uint8_t>(60 + number));
  return {frame, number, 100 + 0.1 * number};
}

TEST_F(KeepingTest, RecordingsCanBePlayedAtAnyTimeAndNoneIsOverwritten) {
  const fs::path file = folder_ / "rec.mkv";
  const Placement large(96, 64, {}, 1), small(64, 48, {}, 1);
  {
    LiveRecorder recorder(file, {.codec_options = "preset=ultrafast:tune=zerolatency"});
    for (int i = 0; i < 30; ++i) recorder.write(film_frame(96, 64, i), large);
    // Not finished, as after a crash.
    FilmReader reader(file);
    Frame frame;
    int frames = 0;
    while (reader.next(frame)) ++frames;
    EXPECT_GT(frames, 15);
    for (int i = 30; i < 40; ++i) recorder.write(film_frame(64, 48, i), small);
  }
  std::vector<int> counts;
  for (const char* const name : {"rec.mkv", "rec-2.mkv"}) {
    FilmReader reader(folder_ / name);
    Frame frame;
    int frames = 0;
    for (; reader.next(frame); ++frames) EXPECT_NEAR(frame.seconds(), 0.1 * frames, 0.002);
    counts.push_back(frames);
    EXPECT_TRUE(reader.warnings().empty());
  }
  EXPECT_EQ(counts, (std::vector<int>{30, 10}));
  LiveRecorder(file).write(film_frame(96, 64, 0), large);
  EXPECT_TRUE(fs::exists(folder_ / "rec-3.mkv"));
  EXPECT_THROW(LiveRecorder(folder_ / "rec.mp4"), Error);
}

}  // namespace
}  // namespace faceshot::video
