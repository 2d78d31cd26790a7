// Times a network in FaceShot's engine on request, from the input tensor to the raw outputs: the
// counterpart of onnxruntime.mjs, which starts it.
//   bench_network_time FILE.onnx HEIGHT WIDTH THREADS PRECISION    (fp32 or bf16)
// For each number read from standard input it makes that many runs, and writes one line with the
// median time of a run in milliseconds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "faceshot/network.hpp"

namespace {

double median_of(faceshot::Session& session, int runs) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) {
    const auto start = Clock::now();
    session.run();
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: bench_network_time FILE.onnx HEIGHT WIDTH THREADS PRECISION\n");
    return 2;
  }
  try {
    const auto network = faceshot::Network::load(argv[1]);
    const std::int64_t height = std::atoi(argv[2]), width = std::atoi(argv[3]);
    const auto precision =
        std::string_view(argv[5]) == "bf16" ? faceshot::Precision::bf16 : faceshot::Precision::fp32;
    faceshot::Session session(network, {1, 3, height, width},
                              {.threads = std::atoi(argv[4]), .precision = precision});
    faceshot::base::Random random(1);
    for (std::int64_t i = 0; i < 3 * height * width; ++i)
      session.input()[static_cast<std::size_t>(i)] = random.uniform(0.0F, 255.0F);
    for (int runs = 0; std::scanf("%d", &runs) == 1 && runs > 0;) {
      std::printf("%.6f\n", median_of(session, runs));
      std::fflush(stdout);
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_network_time: %s\n", e.what());
    return 1;
  }
  return 0;
}
