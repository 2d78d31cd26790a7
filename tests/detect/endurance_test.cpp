// A detector used for a long time, and by many threads at once.
#include <gtest/gtest.h>

#include <unistd.h>
#include <atomic>
#include <cstdint>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "base/random.hpp"
#include "faceshot/detector.hpp"

namespace faceshot::detect {
namespace {

const std::string model = std::string(FACESHOT_SOURCE_DIR) + "/models/faceshot-nano.onnx";

struct Frame {
  int width = 0, height = 0;
  std::vector<std::uint8_t> bgr;
  [[nodiscard]] ImageView view() const { return {bgr.data(), width, height, 3 * width}; }
};

/// Noise: at a low threshold it has plenty of detections.
Frame noise(int width, int height, std::uint32_t seed) {
  base::Random random(seed);
  Frame frame{width, height,
              std::vector<std::uint8_t>(static_cast<std::size_t>(3 * width * height))};
  for (auto& p : frame.bgr) p = static_cast<std::uint8_t>(random.below(256));
  return frame;
}

/// This process's resident memory, KiB; 0 if the system does not tell.
std::size_t resident_kib() {
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) / 1024;
}

TEST(EnduranceOfMemory, DoesNotGrowOverAHundredThousandFrames) {
  if (resident_kib() == 0) GTEST_SKIP() << "SKIPPED: this system does not tell resident memory";
  const Detector detector(model, {.score_threshold = 0.06F});
  std::vector<Frame> frames;
  for (std::uint32_t i = 0; i < 16; ++i) frames.push_back(noise(160, 128, i));
  std::vector<Detection> found;
  std::size_t faces = 0, after_warm_up = 0;
  constexpr int warm_up = 1000, all = 100'000;
  for (int i = 0; i < warm_up + all; ++i) {
    if (i == warm_up) after_warm_up = resident_kib();
    detector.detect(frames[static_cast<std::size_t>(i) % frames.size()].view(), found);
    faces += found.size();
  }
  const std::size_t at_the_end = resident_kib();
  EXPECT_GT(faces, 0U) << "nothing was found: decoding was not tested";
  // One byte leaked per frame would be 98 KiB; the heap's own pages come and go.
  EXPECT_LE(at_the_end, after_warm_up + 64) << "KiB, " << after_warm_up << " before";
  RecordProperty("resident_kib_before", static_cast<int>(after_warm_up));
  RecordProperty("resident_kib_after", static_cast<int>(at_the_end));
}

bool same(const std::vector<Detection>& a, const std::vector<Detection>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i].box != b[i].box || a[i].score != b[i].score || a[i].label != b[i].label) return false;
  return true;
}

TEST(Endurance, EightThreadsWithDifferentSizesFindWhatOneFinds) {
  const DetectorOptions options{.score_threshold = 0.06F, .max_side = 320};
  // Twelve input sizes, more than the pool keeps: sessions are made and freed all the time.
  std::vector<Frame> frames;
  const Frame large = noise(640, 400, 12);
  const TileOptions tiles{.size = 192};
  std::vector<std::vector<Detection>> expected;
  std::vector<Detection> expected_tiled;
  std::size_t faces = 0;
  {
    const Detector alone(model, options);
    for (int i = 0; i < 12; ++i) {
      frames.push_back(noise(64 + 32 * (i % 6), 64 + 32 * (i / 2), static_cast<std::uint32_t>(i)));
      expected.push_back(alone.detect(frames.back().view()));
      faces += expected.back().size();
    }
    expected_tiled = alone.detect_tiled(large.view(), tiles);
  }
  ASSERT_GT(faces, 12U);
  const Detector shared(model, options);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      base::Random random(t);
      std::vector<Detection> found;
      for (int n = 0; n < 150; ++n) {
        // Half of the time the same size as all others, so that threads pass sessions on.
        const std::size_t i = n % 2 == 0 ? 0 : random.below(12);
        if (n % 16 == 15) {
          if (!same(shared.detect_tiled(large.view(), tiles), expected_tiled)) ++wrong;
          continue;
        }
        shared.detect(frames[i].view(), found);
        if (!same(found, expected[i])) ++wrong;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Endurance, BatchesAndTilesOnSeveralThreadsFindWhatOneFinds) {
  const DetectorOptions options{.score_threshold = 0.06F, .max_side = 320};
  DetectorOptions four = options;
  four.threads = 4;
  const Detector alone(model, options), shared(model, four);
  std::vector<Frame> frames;
  std::vector<ImageView> views;
  for (std::uint32_t i = 0; i < 40; ++i)
    frames.push_back(noise(96 + 32 * (static_cast<int>(i) % 3), 96, i));
  for (const Frame& frame : frames) views.push_back(frame.view());
  const Frame large = noise(640, 400, 12);
  const TileOptions tiles{.size = 192};
  const auto expected_tiled = alone.detect_tiled(large.view(), tiles);
  for (int round = 0; round < 5; ++round) {
    const auto found = shared.detect_batch(views, 4);
    for (std::size_t i = 0; i < views.size(); ++i)
      EXPECT_TRUE(same(found[i], alone.detect(views[i]))) << "image " << i;
    EXPECT_TRUE(same(shared.detect_tiled(large.view(), tiles), expected_tiled));
  }
}

}  // namespace
}  // namespace faceshot::detect
