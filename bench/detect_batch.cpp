// Images a second, from BGR frames of 640x480 to boxes: one after another, and shared out.
//   bench_detect_batch MODEL.onnx [IMAGES] [ROUNDS]
// The ways take turns, so that a machine whose speed changes does not favour one.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "faceshot/detector.hpp"

namespace faceshot {
namespace {

constexpr int width = 640, height = 480;

using Way = std::pair<const char*, std::function<void()>>;

double images_a_second(std::size_t images, const std::function<void()>& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return static_cast<double>(images) /
         std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

int run(const char* model, std::size_t images, int rounds) {
  const Detector one(model), two(model, {.threads = 2});
  // Noise: what the network does takes the same time on any picture.
  std::vector<std::vector<std::uint8_t>> pixels(images);
  std::vector<ImageView> views;
  for (std::size_t i = 0; i < images; ++i) {
    base::Random random(i);
    pixels[i].resize(std::size_t{3} * width * height);
    for (auto& p : pixels[i]) p = static_cast<std::uint8_t>(random.below(256));
    views.push_back({pixels[i].data(), width, height, 3 * width});
  }
  std::vector<Detection> found;
  const auto loop = [&](const Detector& detector) {
    for (const ImageView& view : views) detector.detect(view, found);
  };
  const std::array<Way, 4> ways{Way{"loop, 1 thread", [&] { loop(one); }},
                                {"batch, 1 thread", [&] { (void)one.detect_batch(views, 1); }},
                                {"loop, 2 threads an image", [&] { loop(two); }},
                                {"batch, 2 threads", [&] { (void)one.detect_batch(views, 2); }}};
  std::array<std::vector<double>, 4> speeds;
  for (int round = -1; round < rounds; ++round)  // the first warms up
    for (std::size_t w = 0; w < ways.size(); ++w) {
      const double speed = images_a_second(images, ways[w].second);
      if (round >= 0) speeds[w].push_back(speed);
    }
  std::printf("%zu images, medians of %d rounds\n", images, rounds);
  for (std::size_t w = 0; w < ways.size(); ++w) {
    std::sort(speeds[w].begin(), speeds[w].end());
    std::printf("%-26s %5.0f images/s  (%.0f to %.0f)\n", ways[w].first,
                speeds[w][speeds[w].size() / 2], speeds[w].front(), speeds[w].back());
  }
  return 0;
}

}  // namespace
}  // namespace faceshot

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: bench_detect_batch MODEL.onnx [IMAGES] [ROUNDS]\n");
    return 2;
  }
  try {
    return faceshot::run(argv[1], argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 200,
                         argc > 3 ? std::max(1, std::atoi(argv[3])) : 7);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_detect_batch: %s\n", e.what());
    return 1;
  }
}
