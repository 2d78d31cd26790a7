// faceshot bench
#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/bench_parts.hpp"
#include "cli/commands.hpp"
#include "common/console.hpp"
#include "common/model_file.hpp"
#include "common/open_detector.hpp"
#include "common/precision.hpp"
#include "engine/plan/peak.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/error.hpp"

namespace faceshot::cli {
namespace {

struct Row {
  FrameSize size;
  int threads = 1;
  std::size_t runs = 0, faces = 0;
  Spread preprocess, network, postprocess, total;
  double gflop = 0, peak = 0;

  [[nodiscard]] double gflops() const { return gflop / network.median * 1e3; }
};

Row measure(const BenchArguments& a, FrameSize size, int threads) {
  const Detector detector = open_detector(
      a.model, a.model_info, {.max_side = 0, .threads = threads, .precision = a.precision});
  const Frame frame = frame_of(a, size);
  const ImageView view = frame.view();
  Row row{size, threads, 0, 0, {}, {}, {}, {}, 0, 0};
  std::vector<double> preprocess;
  std::vector<double> network;
  std::vector<double> postprocess;
  std::vector<double> total;
  for (int warm = 0; warm < 10; ++warm) row.faces = detector.detect(view).size();
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  while (total.size() < 20 ||
         std::chrono::duration<double>(Clock::now() - start).count() < a.seconds) {
    DetectTimings t;
    (void)detector.detect(view, &t);
    preprocess.push_back(t.preprocess);
    network.push_back(t.network);
    postprocess.push_back(t.postprocess);
    total.push_back(t.preprocess + t.network + t.postprocess);
  }
  row.runs = total.size();
  row.preprocess = spread_of(std::move(preprocess));
  row.network = spread_of(std::move(network));
  row.postprocess = spread_of(std::move(postprocess));
  row.total = spread_of(std::move(total));
  const InputSize input = detector.input_size(size.width, size.height);
  row.gflop = Session(detector.network(), {1, 3, input.height, input.width}).flop() * 1e-9;
  row.peak = engine::measure_peak_gflops(threads);
  return row;
}

void print(const std::vector<Row>& rows) {
  std::printf("%9s %7s | %8s %8s %8s %8s %8s | %8s %7s %8s %6s\n", "size", "threads", "pre ms",
              "net ms", "post ms", "total ms", "p90 ms", "images/s", "faces/s", "GFLOP/s", "peak");
  for (const Row& r : rows)
    std::printf("%4dx%-4d %7d | %8.2f %8.2f %8.2f %8.2f %8.2f | %8.0f %7.0f %8.1f %5.1f%%\n",
                r.size.width, r.size.height, r.threads, r.preprocess.median, r.network.median,
                r.postprocess.median, r.total.median, r.total.p90, 1e3 / r.total.median,
                1e3 / r.total.median * static_cast<double>(r.faces), r.gflops(),
                100 * r.gflops() / r.peak);
}

void print_json(const std::vector<Row>& rows, const std::string& model, Precision precision) {
  nlohmann::json list = nlohmann::json::array();
  for (const Row& r : rows)
    list.push_back({{"width", r.size.width},
                    {"height", r.size.height},
                    {"threads", r.threads},
                    {"runs", r.runs},
                    {"preprocess_ms", r.preprocess.median},
                    {"network_ms", r.network.median},
                    {"postprocess_ms", r.postprocess.median},
                    {"total_ms", r.total.median},
                    {"total_p90_ms", r.total.p90},
                    {"faces", r.faces},
                    {"gflop", r.gflop},
                    {"gflops", r.gflops()},
                    {"peak_gflops", r.peak}});
  std::cout << nlohmann::json{{"model", model},
                              {"precision", precision_name(precision)},
                              {"results", list}}
                   .dump(1)
            << "\n";
}

int bench_detector(const BenchArguments& a) {
  std::vector<Row> rows;
  for (const std::string& size : a.sizes)
    for (const int threads : a.threads) rows.push_back(measure(a, parse_size(size), threads));
  a.json ? print_json(rows, a.model, a.precision) : print(rows);
  return exit_ok;
}

int run(BenchArguments a) {
  a.model = model_file(a.model).string();
  if (!a.compare.empty()) a.compare = model_file(a.compare).string();
  a.precision = precision_for(a.wanted, a.model, a.sizes.empty() ? "640x480" : a.sizes.front(),
                              a.threads.empty() ? 1 : a.threads.front());
  tell_if_missing(a.precision);
  if (a.wanted == PrecisionChoice::automatic && !a.json)
    std::printf("precision: %s\n", precision_name(a.precision));
  if (a.layers) {
    if (a.sizes.size() > 1 || a.threads.size() > 1)
      throw Error(ErrorCode::invalid_argument,
                  "--layers takes a single --size and a single --threads");
    if (a.threads.empty()) a.threads = {1};
    return bench_layers(a);
  }
  if (a.streams > 0) {
    if (a.sizes.empty()) a.sizes = {"640x480"};
    if (a.threads.empty()) a.threads = {1};
    return bench_streams(a);
  }
  if (a.sizes.empty()) a.sizes = {"320x240", "320x320", "640x480", "640x640"};
  if (a.threads.empty()) a.threads = {1, 2};
  return a.compare.empty() ? bench_detector(a) : bench_compare(a);
}

}  // namespace

void add_bench(CLI::App& app, int& exit_code) {
  auto a = std::make_shared<BenchArguments>();
  CLI::App* const command = app.add_subcommand("bench", "Time a network on this machine");
  command->add_option("--model", a->model, model_help);
  command->add_option("--model-info", a->model_info, model_info_help);
  command->add_option("--size", a->sizes,
                      "Frame sizes, WIDTHxHEIGHT; default: 320x240 320x320 640x480 640x640");
  command->add_option("--threads", a->threads, "CPU threads; default: 1 2")
      ->check(CLI::Range(1, 1024));
  command->add_option("--image", a->image, "Photograph to use; default: noise");
  command->add_option("--seconds", a->seconds, "Measuring time per row")
      ->check(CLI::Range(0.01, 600.0))
      ->capture_default_str();
  CLI::Option* const layers = command->add_flag("--layers", a->layers,
                                                "Time every step of the network, without detection "
                                                "(default: its own size or 640x480, 1 thread)");
  CLI::Option* const compare =
      command
          ->add_option("--compare", a->compare,
                       "ONNX file to compare with the model, timed alternately")
          ->excludes(layers);
  command
      ->add_option("--streams", a->streams,
                   "Simulate this many camera streams at once (default: 640x480, 1 thread)")
      ->check(CLI::Range(1, 1024))
      ->excludes(layers)
      ->excludes(compare);
  add_precision_option(*command, a->wanted);
  command->add_flag("--json", a->json, "Print JSON instead of a table");
  command->footer(
      "From a BGR frame in memory to boxes; medians. `peak` is the network's share of what a "
      "large\n"
      "32-bit convolution reaches here with the same threads, measured on the spot.\n"
      "Examples:\n"
      "  faceshot bench --size 640x480 --threads 1 --image photo.jpg\n"
      "  faceshot bench --layers --size 640x480\n"
      "  faceshot bench --model mine.onnx --compare theirs.onnx --threads 1\n"
      "  faceshot bench --streams 10 --precision auto");
  command->callback([a, &exit_code] { exit_code = guarded([&] { return run(*a); }); });
}

}  // namespace faceshot::cli
