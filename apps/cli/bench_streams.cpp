// faceshot bench --streams
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "base/parallel.hpp"
#include "cli/bench_parts.hpp"
#include "common/console.hpp"
#include "common/open_detector.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/error.hpp"

namespace faceshot::cli {
namespace {

struct StreamRow {
  std::string size;
  int threads = 1;
  std::vector<double> rates;  ///< images/s of each stream, slowest first
  Spread latency;             ///< of all streams' images, ms

  [[nodiscard]] double total() const {
    double sum = 0;
    for (const double rate : rates) sum += rate;
    return sum;
  }
};

/// Every stream has a thread, which passes its next frame to the shared detector as soon as it has
/// the last one's faces.
StreamRow measure(const BenchArguments& a, const std::string& size, int threads) {
  using Clock = std::chrono::steady_clock;
  const Detector detector = open_detector(
      a.model, a.model_info, {.max_side = 0, .threads = threads, .precision = a.precision});
  const Frame frame = frame_of(a, parse_size(size));
  const auto count = static_cast<std::size_t>(a.streams);
  std::vector<std::vector<double>> times(count);
  std::atomic<std::size_t> ready{0};
  std::vector<double> seconds(count);
  // Every piece is a stream, and waits for the others: each needs a thread.
  base::parallel_for(count, a.streams, [&](std::size_t s) {
    std::vector<Detection> faces;
    detector.detect(frame.view(), faces);  // creates the plan, and warms up
    ++ready;
    for (const auto begun = Clock::now(); ready < count;) {
      if (Clock::now() - begun > std::chrono::minutes(1))
        throw Error(ErrorCode::resource_exhausted, "the system cannot start a thread for each of " +
                                                       std::to_string(count) +
                                                       " streams; give fewer --streams");
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const auto start = Clock::now();
    for (auto before = start; seconds[s] < std::max(a.seconds, 0.5);) {
      detector.detect(frame.view(), faces);
      const auto after = Clock::now();
      times[s].push_back(std::chrono::duration<double, std::milli>(after - before).count());
      seconds[s] = std::chrono::duration<double>(after - start).count();
      before = after;
    }
  });

  StreamRow row{size, threads, {}, {}};
  std::vector<double> all;
  for (std::size_t s = 0; s < count; ++s) {
    row.rates.push_back(static_cast<double>(times[s].size()) / seconds[s]);
    all.insert(all.end(), times[s].begin(), times[s].end());
  }
  std::sort(row.rates.begin(), row.rates.end());
  row.latency = spread_of(std::move(all));
  return row;
}

}  // namespace

int bench_streams(const BenchArguments& a) {
  nlohmann::ordered_json list = nlohmann::json::array();
  if (!a.json)
    std::printf("%9s %7s %7s | %10s %10s %10s | %9s %9s\n", "size", "threads", "streams",
                "slowest/s", "fastest/s", "together/s", "median ms", "p90 ms");
  for (const std::string& size : a.sizes)
    for (const int threads : a.threads) {
      const StreamRow r = measure(a, size, threads);
      if (!a.json) {
        std::printf("%9s %7d %7d | %10.1f %10.1f %10.1f | %9.2f %9.2f\n", size.c_str(), threads,
                    a.streams, r.rates.front(), r.rates.back(), r.total(), r.latency.median,
                    r.latency.p90);
        continue;
      }
      list.push_back({{"size", size},
                      {"threads", threads},
                      {"images_per_second", r.rates},
                      {"total_images_per_second", r.total()},
                      {"median_ms", r.latency.median},
                      {"p90_ms", r.latency.p90}});
    }
  if (a.json)
    std::cout << nlohmann::ordered_json{{"model", a.model}, {"results", std::move(list)}}.dump(
                     1, ' ', false, nlohmann::json::error_handler_t::replace)
              << "\n";
  return exit_ok;
}

}  // namespace faceshot::cli
