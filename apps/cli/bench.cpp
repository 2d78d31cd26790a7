// faceshot bench
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/default_model.hpp"
#include "cli/precision.hpp"
#include "engine/peak.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/error.hpp"
#include "faceshot/random.hpp"
#include "media/image_file.hpp"

namespace faceshot::cli {
namespace {

struct BenchArguments {
  std::string model, image;
  std::vector<std::string> sizes;
  std::vector<int> threads;
  double seconds = 1;
  Precision precision = Precision::fp32;
  bool json = false;
};

struct Spread {
  double median = 0, p90 = 0;
};

Spread spread_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {values[values.size() / 2], values[values.size() * 9 / 10]};
}

struct Row {
  cv::Size size;
  int threads = 1;
  std::size_t runs = 0, faces = 0;
  Spread preprocess, network, postprocess, total;
  double gflop = 0, peak = 0;

  [[nodiscard]] double gflops() const { return gflop / network.median * 1e3; }
};

cv::Size parse_size(const std::string& text) {
  cv::Size size;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%dx%d%c", &size.width, &size.height, &rest) != 2 ||
      size.width < 1 || size.height < 1 || size.width > 16384 || size.height > 16384)
    throw Error(ErrorCode::invalid_argument,
                "--size '" + text + "' is not WIDTHxHEIGHT, as in 640x480");
  return size;
}

/// A frame of this size: the user's photograph, or noise (the time hardly depends on it).
cv::Mat frame_of(const BenchArguments& a, cv::Size size) {
  cv::Mat frame(size, CV_8UC3);
  if (!a.image.empty()) {
    cv::resize(read_image(a.image), frame, size, 0, 0, cv::INTER_AREA);
    return frame;
  }
  Random random(1);
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width * 3; ++x)
      frame.ptr(y)[x] = static_cast<uchar>(random.below(256));
  return frame;
}

Row measure(const BenchArguments& a, const std::string& model, cv::Size size, int threads) {
  const Detector detector(model, {.max_side = 0, .threads = threads, .precision = a.precision});
  const cv::Mat frame = frame_of(a, size);
  const ImageView view = view_of(frame);
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
  const int divisor = detector.info().size_divisor;
  const auto padded = [&](int side) { return (side + divisor - 1) / divisor * divisor; };
  row.gflop =
      Session(detector.network(), {1, 3, padded(size.height), padded(size.width)}).flop() * 1e-9;
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

int run(const BenchArguments& a) {
  tell_if_missing(a.precision);
  const std::string model = a.model.empty() ? default_model().string() : a.model;
  std::vector<Row> rows;
  for (const std::string& size : a.sizes)
    for (const int threads : a.threads)
      rows.push_back(measure(a, model, parse_size(size), threads));
  a.json ? print_json(rows, model, a.precision) : print(rows);
  return exit_ok;
}

}  // namespace

void add_bench(CLI::App& app, int& exit_code) {
  auto a = std::make_shared<BenchArguments>();
  a->sizes = {"320x240", "320x320", "640x480", "640x640"};
  a->threads = {1, 2};
  CLI::App* const command = app.add_subcommand("bench", "Time a network on this machine");
  command->add_option("--model", a->model, "ONNX file; default: the network that FaceShot ships");
  command->add_option("--size", a->sizes, "Frame sizes, WIDTHxHEIGHT")->capture_default_str();
  command->add_option("--threads", a->threads, "CPU threads")->capture_default_str();
  command->add_option("--image", a->image, "Photograph to use; default: noise");
  command->add_option("--seconds", a->seconds, "How long each row is measured")
      ->check(CLI::Range(0.01, 600.0))
      ->capture_default_str();
  add_precision_option(*command, a->precision);
  command->add_flag("--json", a->json, "JSON instead of the table");
  command->footer(
      "From a BGR frame in memory to boxes; medians. `peak` is the network's share of what a "
      "large\n"
      "32-bit convolution reaches here with the same threads, measured on the spot.\n"
      "Example:\n  faceshot bench --size 640x480 --threads 1 --image photo.jpg");
  command->callback([a, &exit_code] { exit_code = guarded([&] { return run(*a); }); });
}

}  // namespace faceshot::cli
