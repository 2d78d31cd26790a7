// Which stream is served when, and how often the detector looks: with the test's own clocks.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/random.hpp"
#include "faceshot/error.hpp"
#include "video/live/schedule/detect_rate.hpp"
#include "video/live/schedule/fair_shares.hpp"
#include "video/live/schedule/latency.hpp"
#include "video/live/schedule/motion_gate.hpp"
#include "video/live/schedule/stream_workers.hpp"
#include "video/live/schedule/watch_hours.hpp"

namespace faceshot::video {
namespace {

/// Streams that always have work; each piece takes its own time. @return processor time per stream
std::vector<double> simulated(const std::vector<double>& cost, double seconds) {
  FairShares shares(cost.size());
  for (std::size_t i = 0; i < cost.size(); ++i) shares.set_ready(i, true);
  for (double now = 0; now < seconds;) {
    const auto stream = shares.take();
    if (!stream) ADD_FAILURE() << "nobody is served";
    shares.charge(*stream, cost[*stream]);
    now += cost[*stream];
    shares.set_ready(*stream, true);
  }
  std::vector<double> used;
  for (std::size_t i = 0; i < cost.size(); ++i) used.push_back(shares.used(i));
  return used;
}

TEST(FairShares, TheSameTimeWhateverAPieceTakes) {
  const std::vector<double> used = simulated({0.001, 0.01, 0.05, 0.002, 0.013}, 100);
  for (const double seconds : used) EXPECT_NEAR(seconds, 20, 0.1);
}

TEST(FairShares, WhoWasAwayHasNoClaimOnWhatItMissed) {
  FairShares shares(2, 0.1);
  for (int i = 0; i < 1000; ++i) {  // 10 s for the first alone
    shares.set_ready(0, true);
    ASSERT_EQ(shares.take(), 0U);
    shares.charge(0, 0.01);
  }
  shares.set_ready(0, true);
  shares.set_ready(1, true);
  double second = 0;
  for (int i = 0; i < 100; ++i) {  // a second for both
    const auto stream = shares.take();
    ASSERT_TRUE(stream);
    shares.charge(*stream, 0.01);
    second += *stream == 1 ? 0.01 : 0;
    shares.set_ready(*stream, true);
  }
  EXPECT_GT(second, 0.5);
  EXPECT_LT(second, 0.62);
}

TEST(FairShares, OneWhoseDecoderCostsMuchGetsLess) {
  FairShares shares(2);
  int served[2] = {};
  for (int i = 0; i < 1000; ++i) {
    shares.set_ready(0, true);
    shares.set_ready(1, true);
    const auto stream = shares.take();
    ++served[*stream];
    shares.charge(*stream, 0.01);
    if (*stream == 0) shares.charge(0, 0.01);  // elsewhere
  }
  EXPECT_NEAR(served[1], 2 * served[0], 3);
}

TEST(StreamWorkers, ServesEachByOneAtATimeAndLosesNoNotice) {
  constexpr std::size_t streams = 5;
  std::atomic<int> at_once[streams]{}, waiting[streams]{}, done[streams]{};
  std::atomic<bool> overlapped{false};
  StreamWorkers workers(
      streams, 3,
      [&](std::size_t s) {
        if (++at_once[s] > 1) overlapped = true;
        if (waiting[s].exchange(0) > 0) ++done[s];
        std::this_thread::sleep_for(std::chrono::microseconds(50));
        --at_once[s];
        return false;
      },
      [] { return 0.0; });
  for (int i = 0; i < 2000; ++i) {
    const std::size_t s = static_cast<std::size_t>(i) % streams;
    ++waiting[s];
    workers.notify(s);
  }
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  const auto all_served = [&] {
    return std::all_of(std::begin(waiting), std::end(waiting), [](auto& w) { return w == 0; });
  };
  while (!all_served() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_TRUE(all_served());
  workers.stop();
  EXPECT_FALSE(overlapped);
  for (const auto& count : done) EXPECT_GT(count, 0);
}

TEST(StreamWorkers, ProcessorTimeDecidesNotTheNumberOfFrames) {
  // The clock is the test's: a frame of stream 0 takes 30 ms, of the others 10.
  static thread_local double spent = 0;
  std::atomic<int> served[3]{};
  std::atomic<int> all{0};
  StreamWorkers workers(
      3, 1,
      [&](std::size_t s) {
        spent += s == 0 ? 0.03 : 0.01;
        ++served[s];
        return ++all < 700;
      },
      [] { return spent; });
  for (std::size_t s = 0; s < 3; ++s) workers.notify(s);
  while (all < 700) std::this_thread::yield();
  workers.stop();
  EXPECT_NEAR(served[0], 100, 12);
  EXPECT_NEAR(served[1], 300, 25);
  EXPECT_NEAR(served[2], 300, 25);
  EXPECT_NEAR(workers.used(0), workers.used(1), 0.35);
}

TEST(StreamWorkers, WhatIsThrownComesOutOfStop) {
  StreamWorkers workers(
      2, 2, [](std::size_t) -> bool { throw std::runtime_error("no"); }, [] { return 0.0; });
  workers.notify(1);
  while (!workers.failed()) std::this_thread::yield();
  EXPECT_THROW(workers.stop(), std::runtime_error);
}

TEST(DetectRate, RisesAtOnceAndFallsWhenThereIsRoom) {
  DetectRate rate(6);
  EXPECT_EQ(rate.every(), 1);
  rate.update(0.5, 0.02);
  EXPECT_EQ(rate.every(), 1);
  rate.update(0.95, 0.02);
  EXPECT_EQ(rate.every(), 2);
  rate.update(0.5, 0.3);
  EXPECT_EQ(rate.every(), 3);
  for (int i = 0; i < 20; ++i) rate.update(1, 1);
  EXPECT_EQ(rate.every(), 6);
  for (int i = 0; i < 100; ++i) rate.update(0.1, 0.02);
  EXPECT_EQ(rate.every(), 1);
}

TEST(DetectRate, SettlesUnderALoadThatDependsOnIt) {
  DetectRate rate;
  // Looking at every frame would take 1.8 times the available time.
  std::vector<int> chosen;
  for (int i = 0; i < 200; ++i) {
    const double load = std::min(1.0, 0.05 + 1.8 / rate.every());
    rate.update(load, load >= 1 ? 0.5 : 0.02);
    chosen.push_back(rate.every());
  }
  for (std::size_t i = 20; i < chosen.size(); ++i) EXPECT_EQ(chosen[i], chosen.back()) << i;
  EXPECT_LT(0.05 + 1.8 / chosen.back(), 0.9);
}

TEST(LatencyHistogram, QuantilesAreThoseOfTheSortedList) {
  LatencyHistogram histogram;
  std::vector<double> all;
  base::Random random(3);
  for (int i = 0; i < 20000; ++i) {
    const double seconds = 0.02 * std::exp(static_cast<double>(random.normal()));
    histogram.add(seconds);
    all.push_back(seconds);
  }
  std::sort(all.begin(), all.end());
  for (const double share : {0.01, 0.5, 0.95, 0.99}) {
    const double exact = all[static_cast<std::size_t>(share * 19999)];
    EXPECT_NEAR(histogram.quantile(share) / exact, 1, 0.03) << share;
  }
  EXPECT_EQ(LatencyHistogram().quantile(0.5), 0);
}

/// A grey picture with noise, and a square of another grey.
std::vector<std::uint8_t> scene(int width, int height, int square_x, int grey, std::uint64_t seed) {
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(width * height));
  base::Random random(seed);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const bool in = x >= square_x && x < square_x + 24 && y >= 40 && y < 64;
      const float v = static_cast<float>(in ? grey : 100) + 8 * random.normal();
      pixels[static_cast<std::size_t>(y * width + x)] =
          static_cast<std::uint8_t>(std::clamp(v, 0.0F, 255.0F));
    }
  return pixels;
}

TEST(MotionGate, NoiseIsStillASmallFaceThatMovesIsNot) {
  constexpr int width = 320, height = 240;
  MotionGate gate({.threshold = 4, .most_still = 100});
  const auto seen = [&](int x, std::uint64_t seed, double seconds) {
    const auto pixels = scene(width, height, x, 160, seed);
    return gate.moved({pixels.data(), width, height, width, PixelFormat::gray}, seconds);
  };
  EXPECT_TRUE(seen(40, 1, 0));
  for (int i = 2; i < 12; ++i) EXPECT_FALSE(seen(40, static_cast<std::uint64_t>(i), 0.1 * i));
  EXPECT_TRUE(seen(46, 20, 2));
  // Too slow to be seen from one frame to the next: half a pixel per frame on average.
  int looks = 0;
  for (int i = 0; i < 40; ++i)
    looks += seen(46 + i / 2, static_cast<std::uint64_t>(30 + i), 3 + 0.1 * i) ? 1 : 0;
  EXPECT_GT(looks, 3);
  EXPECT_LT(looks, 25);
}

TEST(MotionGate, LooksOnceInAWhileAndAtAnotherSize) {
  std::vector<std::uint8_t> pixels(64 * 48, 90);
  MotionGate gate({.threshold = 4, .most_still = 1});
  const ImageView view{pixels.data(), 64, 48, 64, PixelFormat::gray};
  EXPECT_TRUE(gate.moved(view, 10));
  EXPECT_FALSE(gate.moved(view, 10.9));
  EXPECT_TRUE(gate.moved(view, 11));
  EXPECT_TRUE(gate.moved({pixels.data(), 48, 48, 64, PixelFormat::gray}, 11.1));
  EXPECT_THROW((void)gate.moved({pixels.data(), 16, 48, 64, PixelFormat::bgr}, 12), Error);
}

std::tm local(int day, int hour, int minute) {
  std::tm t{};
  t.tm_wday = day;
  t.tm_hour = hour;
  t.tm_min = minute;
  return t;
}

TEST(WatchHours, HoldOnTheDaysAndHoursThatTheyName) {
  EXPECT_TRUE(WatchHours().contain(local(0, 0, 0)));
  const WatchHours office({"mon-fri 07:00-19:00", "sat 10:00-12:30"});
  EXPECT_TRUE(office.contain(local(1, 7, 0)));
  EXPECT_FALSE(office.contain(local(1, 6, 59)));
  EXPECT_FALSE(office.contain(local(5, 19, 0)));
  EXPECT_TRUE(office.contain(local(6, 12, 29)));
  EXPECT_FALSE(office.contain(local(0, 12, 0)));
  const WatchHours night({"fri,sat 22:00-06:00"});
  EXPECT_TRUE(night.contain(local(5, 23, 0)));
  EXPECT_TRUE(night.contain(local(6, 5, 59)));
  EXPECT_TRUE(night.contain(local(0, 3, 0)));
  EXPECT_FALSE(night.contain(local(5, 5, 0)));
  EXPECT_FALSE(night.contain(local(1, 3, 0)));
  const WatchHours weekend({"sat-mon"});
  EXPECT_TRUE(weekend.contain(local(0, 12, 0)));
  EXPECT_TRUE(weekend.contain(local(1, 23, 59)));
  EXPECT_FALSE(weekend.contain(local(2, 0, 0)));
  EXPECT_TRUE(WatchHours({"22:00-24:00"}).contain(local(3, 23, 59)));
}

TEST(WatchHours, NonsenseIsNamed) {
  for (const char* const rule : {"", "monday", "mon 7-9", "mon 07:00", "mon 25:00-26:00",
                                 "mon 07:60-08:00", "mon-xyz", "07:00-09:00x"})
    EXPECT_THROW(WatchHours({rule}), Error) << rule;
}

}  // namespace
}  // namespace faceshot::video
