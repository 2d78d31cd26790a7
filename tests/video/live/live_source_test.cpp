// Simulated cameras that come and go.
#include "video/live/sources/live_source.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "faceshot/error.hpp"
#include "video/libav.hpp"

namespace faceshot::video {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<AVFrame, FrameFree> grey_frame(int width, int height) {
  std::unique_ptr<AVFrame, FrameFree> frame(require_memory(av_frame_alloc()));
  frame->format = AV_PIX_FMT_GRAY8;
  frame->width = width;
  frame->height = height;
  EXPECT_EQ(av_frame_get_buffer(frame.get(), 0), 0);
  return frame;
}

/// Delivers so many frames, and then its end, an error, or silence.
struct Script {
  int frames = 0;
  int width = 64, height = 48;
  enum { ends, breaks, hangs, refuses } then = hangs;
  double pause = 0.001;  ///< between frames, seconds
};

class ScriptedInput : public LiveInput {
 public:
  ScriptedInput(const Script& script, const Interrupt& interrupt, double seconds)
      : script_(script), interrupt_(interrupt), seconds_(seconds) {}

  bool next(LivePicture& picture) override {
    if (interrupt_.wait(script_.pause)) return false;
    if (given_ < script_.frames) {
      picture.picture = grey_frame(script_.width, script_.height);
      picture.placement = Placement(script_.width, script_.height, {}, 1);
      picture.time = script_.pause * given_++;
      return true;
    }
    if (script_.then == Script::ends) return false;
    if (script_.then == Script::hangs && interrupt_.wait(seconds_)) return false;
    throw Error(ErrorCode::io, "rtsp://user:secret@camera/s: no frame within the time limit");
  }
  [[nodiscard]] std::string description() const override { return "scripted"; }

 private:
  Script script_;
  const Interrupt& interrupt_;
  double seconds_;
  int given_ = 0;
};

/// One script per connection; the last one repeats forever.
class Camera {
 public:
  explicit Camera(std::vector<Script> scripts) : scripts_(std::move(scripts)) {}

  OpenInput opener() {
    return [this](const InputOptions& options, const Interrupt& interrupt) {
      const std::size_t n = opened_++;
      const Script& script = scripts_[std::min(n, scripts_.size() - 1)];
      if (script.then == Script::refuses)
        throw Error(ErrorCode::io, options.source + ": Connection refused");
      return std::make_unique<ScriptedInput>(script, interrupt, options.read_seconds);
    };
  }
  LiveLog log() {
    return [this](const LogLine& line) {
      const std::lock_guard lock(mutex_);
      lines_.push_back(line.what + ": " + line.message);
    };
  }
  std::vector<std::string> lines() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  [[nodiscard]] int opened() const { return static_cast<int>(opened_); }

 private:
  std::vector<Script> scripts_;
  std::atomic<std::size_t> opened_{0};
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

SourceOptions quick() {
  SourceOptions options;
  options.name = "door";
  options.input.source = "rtsp://user:secret@camera/s";
  options.input.read_seconds = 0.05;
  options.backoff = {.first = 0.002, .most = 0.01};
  return options;
}

bool soon(const std::function<bool()>& what) {
  const auto until = std::chrono::steady_clock::now() + 20s;
  while (std::chrono::steady_clock::now() < until) {
    if (what()) return true;
    std::this_thread::sleep_for(1ms);
  }
  return false;
}

// Whoever is called for a new frame may still be storing the source's address.
TEST(LiveSource, CallsNobodyBeforeItIsStarted) {
  Camera camera({Script{.frames = 1'000'000}});
  std::atomic<bool> called = false;
  LiveSource source(quick(), camera.opener(), camera.log(), [&] { called = true; });
  std::this_thread::sleep_for(50ms);
  EXPECT_FALSE(called);
  EXPECT_EQ(camera.opened(), 0);
  source.start();
  EXPECT_TRUE(soon([&] { return called && source.has_frame(); }));
}

TEST(LiveSource, TheNewestFrameIsTakenAndTheOthersAreCounted) {
  Camera camera({Script{.frames = 50, .then = Script::hangs}});
  SourceOptions options = quick();
  options.input.read_seconds = 100;
  LiveSource source(options, camera.opener(), camera.log(), nullptr);
  source.start();
  ASSERT_TRUE(soon([&] { return source.counters().frames == 50; }));
  LiveFrame frame;
  ASSERT_TRUE(source.take(frame));
  EXPECT_EQ(frame.frame.index(), 49);
  EXPECT_EQ(frame.placement.width(), 64);
  EXPECT_FALSE(source.take(frame));
  EXPECT_EQ(source.counters().dropped, 49);
  EXPECT_EQ(source.state(), SourceState::live);
}

TEST(LiveSource, EveryFrameIsKeptWhereThatIsAsked) {
  Camera camera({Script{.frames = 30, .then = Script::hangs, .pause = 0}});
  SourceOptions options = quick();
  options.input.read_seconds = 100;
  options.every_frame = true;
  LiveSource source(options, camera.opener(), camera.log(), nullptr);
  source.start();
  double before = 0;
  for (int i = 0; i < 30; ++i) {
    LiveFrame frame;
    ASSERT_TRUE(soon([&] { return source.take(frame); }));
    EXPECT_EQ(frame.frame.index(), i);
    EXPECT_GT(frame.frame.seconds(), before);
    before = frame.frame.seconds();
  }
  EXPECT_EQ(source.counters().dropped, 0);
}

TEST(LiveSource, ComesBackAfterAllThatCanHappen) {
  Camera camera({{.then = Script::refuses},
                 {.frames = 3, .then = Script::breaks},
                 {.frames = 3, .then = Script::ends},
                 {.then = Script::hangs},
                 {.then = Script::refuses},
                 {.frames = 3, .then = Script::hangs},
                 {.frames = 1'000'000, .width = 32, .height = 32}});
  LiveSource source(quick(), camera.opener(), camera.log(), nullptr);
  source.start();
  LiveFrame frame;
  ASSERT_TRUE(soon([&] { return source.take(frame) && frame.placement.width() == 32; }));
  const SourceCounters counters = source.counters();
  EXPECT_EQ(counters.connections, 4);
  EXPECT_EQ(counters.failures, 6);
  EXPECT_EQ(counters.resized, 1);
  std::string all;
  for (const std::string& line : camera.lines()) all += line + "\n";
  for (const char* const word : {"connected", "lost", "unreachable", "refused", "resized"})
    EXPECT_NE(all.find(word), std::string::npos) << word << " in\n" << all;
  EXPECT_EQ(all.find("secret"), std::string::npos) << all;
}

TEST(LiveSource, AnAbsentCameraIsToldEverMoreRarely) {
  Camera camera({Script{.then = Script::refuses}});
  SourceOptions options = quick();
  options.backoff = {.first = 0.0005, .most = 0.0005};
  LiveSource source(options, camera.opener(), camera.log(), nullptr);
  source.start();
  ASSERT_TRUE(soon([&] { return camera.opened() > 300; }));
  EXPECT_LE(camera.lines().size(), 12U);
  EXPECT_GE(camera.lines().size(), 8U);
  EXPECT_NE(source.state(), SourceState::live);
}

TEST(LiveSource, SleepsWhenItIsNotWanted) {
  Camera camera({Script{.frames = 1'000'000}});
  LiveSource source(quick(), camera.opener(), camera.log(), nullptr);
  source.start();
  ASSERT_TRUE(soon([&] { return source.counters().frames > 3; }));
  source.set_wanted(false);
  ASSERT_TRUE(soon([&] { return source.state() == SourceState::asleep; }));
  const std::int64_t frames = source.counters().frames;
  const int opened = camera.opened();
  std::this_thread::sleep_for(30ms);
  EXPECT_EQ(source.counters().frames, frames);
  EXPECT_EQ(camera.opened(), opened);
  source.set_wanted(true);
  EXPECT_TRUE(soon([&] { return source.counters().frames > frames; }));
}

TEST(LiveSource, OpensNothingBeforeItIsWanted) {
  Camera camera({Script{.frames = 1'000'000}});
  SourceOptions options = quick();
  options.wanted = false;
  LiveSource source(options, camera.opener(), camera.log(), nullptr);
  source.start();
  ASSERT_TRUE(soon([&] { return source.state() == SourceState::asleep; }));
  std::this_thread::sleep_for(30ms);
  EXPECT_EQ(camera.opened(), 0);
  source.set_wanted(true);
  EXPECT_TRUE(soon([&] { return source.counters().frames > 0; }));
}

TEST(LiveSource, EndsAtOnceWhateverItWaitsFor) {
  for (const Script& script : {Script{.then = Script::hangs}, Script{.then = Script::refuses},
                               Script{.frames = 5, .then = Script::hangs}}) {
    Camera camera({script});
    SourceOptions options = quick();
    options.input.read_seconds = 1000;
    options.backoff = {.first = 1000, .most = 1000};
    options.every_frame = true;
    const auto begin = std::chrono::steady_clock::now();
    {
      LiveSource source(options, camera.opener(), camera.log(), nullptr);
      source.start();
      ASSERT_TRUE(soon([&] { return camera.opened() > 0; }));
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
  }
}

TEST(LiveSource, StandardInputEndsOnce) {
  Camera camera({Script{.frames = 2, .then = Script::ends}});
  SourceOptions options = quick();
  options.input.source = "-";
  LiveSource source(options, camera.opener(), camera.log(), nullptr);
  source.start();
  EXPECT_TRUE(soon([&] { return source.state() == SourceState::ended; }));
  EXPECT_EQ(camera.opened(), 1);
  LiveFrame frame;
  EXPECT_TRUE(source.take(frame));
}

}  // namespace
}  // namespace faceshot::video
