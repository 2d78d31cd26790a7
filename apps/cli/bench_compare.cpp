// faceshot bench --compare
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/bench_parts.hpp"
#include "common/console.hpp"
#include "common/network_input.hpp"
#include "common/open_detector.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/error.hpp"

namespace faceshot::cli {
namespace {

/// One of the two networks, as a function that runs it once.
struct Contestant {
  std::function<DetectTimings()> work;
  std::vector<double> network, total;
};

struct ComparisonRow {
  std::string size;
  int threads = 1;
  std::size_t runs = 0;
  std::array<Spread, 2> network, total;
};

/// Both as detectors if both heads are known, otherwise both without, so that the same is timed for
/// both.
std::array<Contestant, 2> contestants(const BenchArguments& a, const std::string& size, int threads,
                                      bool detectors) {
  std::array<Contestant, 2> both;
  const std::array<std::string, 2> models{a.model, a.compare};
  for (std::size_t i = 0; i < 2; ++i) {
    if (detectors) {
      auto detector = std::make_shared<Detector>(
          open_detector(models[i], i == 0 ? a.model_info : "",
                        {.max_side = 0, .threads = threads, .precision = a.precision}));
      auto frame = std::make_shared<Frame>(frame_of(a, parse_size(size)));
      both[i].work = [detector, frame] {
        DetectTimings t;
        (void)detector->detect(frame->view(), &t);
        return t;
      };
      continue;
    }
    const Network network = Network::load(models[i]);
    const auto shape = image_shape(network, size);
    auto session = std::make_shared<Session>(
        network, shape, SessionOptions{.threads = threads, .precision = a.precision});
    fill_with_noise(*session);
    both[i].work = [session] {
      const auto before = std::chrono::steady_clock::now();
      session->run();
      DetectTimings t;
      t.network =
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - before)
              .count();
      return t;
    };
  }
  return both;
}

ComparisonRow measure(const BenchArguments& a, const std::string& size, int threads,
                      bool detectors) {
  auto both = contestants(a, size, threads, detectors);
  ComparisonRow row;
  row.size = size;
  row.threads = threads;
  for (int warm = 0; warm < 10; ++warm)
    for (Contestant& one : both) (void)one.work();
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  // Alternately, so that both run under the same conditions.
  while (row.runs < 20 || std::chrono::duration<double>(Clock::now() - start).count() < a.seconds) {
    for (Contestant& one : both) {
      const DetectTimings t = one.work();
      one.network.push_back(t.network);
      one.total.push_back(t.preprocess + t.network + t.postprocess);
    }
    ++row.runs;
  }
  for (std::size_t i = 0; i < 2; ++i) {
    row.network[i] = spread_of(std::move(both[i].network));
    row.total[i] = spread_of(std::move(both[i].total));
  }
  return row;
}

/// Why a file is not a detector; nothing if it is one. Files that cannot be read at all are errors
/// immediately.
std::optional<std::string> not_a_detector(const std::string& model, const std::string& model_info) {
  if (!model_info.empty()) return std::nullopt;  // problems are reported when it is read
  const Network network = Network::load(model);
  try {
    (void)ModelInfo::of(network, model);
    return std::nullopt;
  } catch (const Error& e) {
    return e.what();
  }
}

void print(const BenchArguments& a, const std::vector<ComparisonRow>& rows, bool detectors) {
  std::printf("A: %s\nB: %s\n\n", a.model.c_str(), a.compare.c_str());
  std::printf("%9s %7s | %10s %10s %6s", "size", "threads", "A net ms", "B net ms", "B / A");
  if (detectors) std::printf(" | %10s %10s %6s", "A total ms", "B total ms", "B / A");
  std::printf(" | %6s\n", "runs");
  for (const ComparisonRow& r : rows) {
    std::printf("%9s %7d | %10.3f %10.3f %6.2f", r.size.c_str(), r.threads, r.network[0].median,
                r.network[1].median, r.network[1].median / r.network[0].median);
    if (detectors)
      std::printf(" | %10.3f %10.3f %6.2f", r.total[0].median, r.total[1].median,
                  r.total[1].median / r.total[0].median);
    std::printf(" | %6zu\n", r.runs);
  }
}

void print_json(const BenchArguments& a, const std::vector<ComparisonRow>& rows, bool detectors) {
  nlohmann::ordered_json list = nlohmann::json::array();
  for (const ComparisonRow& r : rows) {
    nlohmann::ordered_json row{{"size", r.size},
                               {"threads", r.threads},
                               {"runs", r.runs},
                               {"network_ms", {r.network[0].median, r.network[1].median}},
                               {"network_ratio", r.network[1].median / r.network[0].median}};
    if (detectors) {
      row["total_ms"] = {r.total[0].median, r.total[1].median};
      row["total_ratio"] = r.total[1].median / r.total[0].median;
    }
    list.push_back(std::move(row));
  }
  const nlohmann::ordered_json document{{"models", {a.model, a.compare}},
                                        {"results", std::move(list)}};
  std::cout << document.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

}  // namespace

int bench_compare(const BenchArguments& a) {
  bool detectors = true;
  for (const auto& [model, model_info] :
       {std::pair(a.model, a.model_info), std::pair(a.compare, std::string())})
    if (const auto why = not_a_detector(model, model_info)) {
      detectors = false;
      std::fprintf(stderr, "faceshot: timing the networks only: '%s' is not a detector: %s\n",
                   model.c_str(), why->c_str());
      break;
    }
  std::vector<ComparisonRow> rows;
  for (const std::string& size : a.sizes)
    for (const int threads : a.threads) rows.push_back(measure(a, size, threads, detectors));
  a.json ? print_json(a, rows, detectors) : print(a, rows, detectors);
  return exit_ok;
}

}  // namespace faceshot::cli
