// Images per second, from BGR frames of 640x480 to boxes: one after another, and distributed over
// threads.
//   bench_detect_batch MODEL.onnx --benchmark_repetitions=7
//   --benchmark_enable_random_interleaving=true
// With interleaving, variants alternate, so that a machine whose speed changes favours none.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <vector>

#include "base/random.hpp"
#include "faceshot/detector.hpp"

namespace faceshot {
namespace {

constexpr int width = 640, height = 480;
constexpr std::size_t images = 100;

/// Noise: the network takes the same time on any picture.
struct Frames {
  Frames() {
    for (std::size_t i = 0; i < images; ++i) {
      base::Random random(i);
      pixels[i].resize(std::size_t{3} * width * height);
      for (auto& p : pixels[i]) p = static_cast<std::uint8_t>(random.below(256));
      views.push_back({pixels[i].data(), width, height, 3 * width});
    }
  }
  std::vector<std::vector<std::uint8_t>> pixels = std::vector<std::vector<std::uint8_t>>(images);
  std::vector<ImageView> views;
};

template <typename Body>
void add(const char* name, Body body) {
  benchmark::RegisterBenchmark(
      name,
      [body](benchmark::State& state) {
        for (auto _ : state) body();
        state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(images));
      })
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

void run(const char* model) {
  const Detector one(model), two(model, {.threads = 2});
  const Frames frames;
  std::vector<Detection> found;
  const auto loop = [&](const Detector& detector) {
    for (const ImageView& view : frames.views) detector.detect(view, found);
  };
  add("loop/1_thread", [&] { loop(one); });
  add("batch/1_thread", [&] { (void)one.detect_batch(frames.views, 1); });
  add("loop/2_threads_an_image", [&] { loop(two); });
  add("batch/2_threads", [&] { (void)one.detect_batch(frames.views, 2); });
  benchmark::RunSpecifiedBenchmarks();
}

}  // namespace
}  // namespace faceshot

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (argc != 2) {
    std::fprintf(stderr, "usage: bench_detect_batch MODEL.onnx [--benchmark_...]\n");
    return 2;
  }
  try {
    faceshot::run(argv[1]);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_detect_batch: %s\n", e.what());
    return 1;
  }
}
