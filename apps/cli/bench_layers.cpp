// faceshot bench --layers
#include <fmt/format.h>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "cli/bench_parts.hpp"
#include "common/console.hpp"
#include "common/network_input.hpp"
#include "engine/plan/peak.hpp"
#include "faceshot/error.hpp"
#include "faceshot/network.hpp"

namespace faceshot::cli {
namespace {

/// The figures of one step, or of several together.
struct Cost {
  double milliseconds = 0, flop = 0, bytes = 0;
  std::size_t steps = 0;

  void add(const Cost& other) {
    milliseconds += other.milliseconds;
    flop += other.flop;
    bytes += other.bytes;
    steps += other.steps;
  }
  [[nodiscard]] double gflops() const { return flop / milliseconds * 1e-6; }
  [[nodiscard]] double gigabytes() const { return bytes / milliseconds * 1e-6; }
};

struct Profile {
  std::vector<std::int64_t> shape;
  int threads = 1;
  std::size_t runs = 0;
  double run = 0;   ///< median of whole runs without timing of steps, ms
  double peak = 0;  ///< GFLOP/s
  std::vector<PlanStep> steps;
  std::vector<Cost> costs;  ///< by step
  Cost sum;
};

Profile measure(const BenchArguments& a) {
  const Network network = Network::load(a.model);
  Profile profile;
  profile.threads = a.threads.front();
  profile.shape = image_shape(network, a.sizes.empty() ? "" : a.sizes.front());
  Session session(network, profile.shape, {.threads = profile.threads, .precision = a.precision});
  profile.steps = session.steps();
  fill_with_noise(session);
  for (int warm = 0; warm < 10; ++warm) session.run();
  std::vector<std::vector<double>> times(profile.steps.size());
  std::vector<double> milliseconds(profile.steps.size());
  std::vector<double> whole;
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  // Alternately, so that both run under the same conditions.
  while (whole.size() < 20 ||
         std::chrono::duration<double>(Clock::now() - start).count() < a.seconds) {
    const auto before = Clock::now();
    session.run();
    whole.push_back(std::chrono::duration<double, std::milli>(Clock::now() - before).count());
    session.run_timed(milliseconds);
    for (std::size_t s = 0; s < times.size(); ++s) times[s].push_back(milliseconds[s]);
  }
  profile.runs = whole.size();
  profile.run = spread_of(std::move(whole)).median;
  profile.peak = engine::measure_peak_gflops(profile.threads);
  for (std::size_t s = 0; s < times.size(); ++s) {
    const PlanStep& step = profile.steps[s];
    profile.costs.push_back({spread_of(std::move(times[s])).median, step.flop,
                             static_cast<double>(step.bytes_read + step.bytes_written), 1});
    profile.sum.add(profile.costs.back());
  }
  return profile;
}

std::string text_of(std::span<const std::int64_t> shape) {
  std::string text;
  for (const auto d : shape) text += (text.empty() ? "" : "x") + std::to_string(d);
  return text;
}

/// The layers of a step: several if they are computed together, row by row.
std::vector<std::string> layers_of(const PlanStep& step) {
  std::vector<std::string> layers;
  std::size_t from = 0;
  for (std::size_t comma; (comma = step.operation.find(", ", from)) != std::string::npos;
       from = comma + 2)
    layers.push_back(step.operation.substr(from, comma - from) + ",");
  layers.push_back(step.operation.substr(from));
  return layers;
}

/// The operator without fused ones: the key by which steps are grouped.
std::string kind_of(const PlanStep& step) {
  if (layers_of(step).size() > 1) return "fused layers";
  return step.operation.substr(0, step.operation.find(" + "));
}

/// "-" if the arithmetic is negligible.
std::string arithmetic_text(const Cost& cost, double peak) {
  if (!(cost.flop > 0)) return fmt::format("{:>8} {:>7}", "-", "-");
  return fmt::format("{:>8.1f} {:>6.1f}%", cost.gflops(), 100 * cost.gflops() / peak);
}

void print_cost(const Cost& cost, const Profile& profile) {
  std::printf("%8.3f %6.1f%% %s %9.0f %6.1f", cost.milliseconds,
              100 * cost.milliseconds / profile.sum.milliseconds,
              arithmetic_text(cost, profile.peak).c_str(), cost.bytes * 1e-3, cost.gigabytes());
}

constexpr const char* cost_header = "      ms   share  GFLOP/s ceiling      kB   GB/s";

void print(const Profile& profile, const std::string& model) {
  std::size_t operation = 8, kernel = 6, shape = 5;
  for (const PlanStep& step : profile.steps) {
    for (const std::string& layer : layers_of(step)) operation = std::max(operation, layer.size());
    kernel = std::max(kernel, step.kernel.size());
    shape = std::max(shape, text_of(step.shape).size());
  }
  const auto column = [](std::size_t width, const std::string& text) {
    std::printf("%-*s  ", static_cast<int>(width), text.c_str());
  };
  std::printf("%s, input %s, %d thread%s\n\n", model.c_str(), text_of(profile.shape).c_str(),
              profile.threads, profile.threads == 1 ? "" : "s");
  std::printf("  #  ");
  column(operation, "operator");
  column(shape, "output");
  column(kernel, "kernel");
  std::printf("%s  node\n", cost_header);
  for (std::size_t s = 0; s < profile.steps.size(); ++s) {
    const PlanStep& step = profile.steps[s];
    std::printf("%3zu  ", s + 1);
    const auto layers = layers_of(step);
    column(operation, layers.front());
    column(shape, text_of(step.shape));
    column(kernel, step.kernel);
    print_cost(profile.costs[s], profile);
    std::printf("  %s\n", step.node.c_str());
    for (std::size_t l = 1; l < layers.size(); ++l) std::printf("     %s\n", layers[l].c_str());
  }

  // Time by kind and kernel.
  std::map<std::pair<std::string, std::string>, Cost> by_kind;
  for (std::size_t s = 0; s < profile.steps.size(); ++s)
    by_kind[{kind_of(profile.steps[s]), profile.steps[s].kernel}].add(profile.costs[s]);
  using Entry = std::pair<std::pair<std::string, std::string>, Cost>;
  std::vector<Entry> kinds(by_kind.begin(), by_kind.end());
  std::stable_sort(kinds.begin(), kinds.end(), [](const Entry& x, const Entry& y) {
    return x.second.milliseconds > y.second.milliseconds;
  });
  std::printf("\n     ");
  column(operation, "in all");
  column(shape, "steps");
  column(kernel, "kernel");
  std::printf("%s\n", cost_header);
  const auto total = [&](const std::string& what, const std::string& with, const Cost& cost) {
    std::printf("     ");
    column(operation, what);
    column(shape, std::to_string(cost.steps));
    column(kernel, with);
    print_cost(cost, profile);
    std::printf("\n");
  };
  for (const auto& [kind, cost] : kinds) total(kind.first, kind.second, cost);
  total("sum", "", profile.sum);
  std::printf(
      "\nA run without per-step timing takes %.3f ms (median of %zu); the timed steps add up to "
      "%.3f ms.\nCeiling: %.0f GFLOP/s, measured just now with a large 32-bit convolution on %d "
      "thread%s.\n",
      profile.run, profile.runs, profile.sum.milliseconds, profile.peak, profile.threads,
      profile.threads == 1 ? "" : "s");
}

void print_json(const Profile& profile, const std::string& model) {
  nlohmann::ordered_json steps = nlohmann::json::array();
  for (std::size_t s = 0; s < profile.steps.size(); ++s) {
    const PlanStep& step = profile.steps[s];
    const Cost& cost = profile.costs[s];
    steps.push_back({{"operator", step.operation},
                     {"node", step.node},
                     {"shape", step.shape},
                     {"kernel", step.kernel},
                     {"ms", cost.milliseconds},
                     {"share", cost.milliseconds / profile.sum.milliseconds},
                     {"flop", step.flop},
                     {"gflops", cost.gflops()},
                     {"bytes_read", step.bytes_read},
                     {"bytes_written", step.bytes_written}});
  }
  const nlohmann::ordered_json document{{"model", model},
                                        {"input", profile.shape},
                                        {"threads", profile.threads},
                                        {"runs", profile.runs},
                                        {"run_ms", profile.run},
                                        {"sum_of_steps_ms", profile.sum.milliseconds},
                                        {"flop", profile.sum.flop},
                                        {"peak_gflops", profile.peak},
                                        {"steps", std::move(steps)}};
  std::cout << document.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

}  // namespace

int bench_layers(const BenchArguments& a) {
  const Profile profile = measure(a);
  a.json ? print_json(profile, a.model) : print(profile, a.model);
  return exit_ok;
}

}  // namespace faceshot::cli
