// `faceshot calibrate`: scores as probabilities, and a default threshold, from photographs held out
// from training.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/processors.hpp"
#include "calibrate/calibration.hpp"
#include "common/console.hpp"
#include "data/prepared/prepared.hpp"
#include "data/prepared/splits.hpp"
#include "data_commands.hpp"
#include "faceshot/error.hpp"
#include "faceshot/network.hpp"
#include "support/atomic_file.hpp"

namespace faceshot::cli {
namespace {

using calibrate::Calibration;
using evaluate::PrecisionRecall;

namespace fs = std::filesystem;
using nlohmann::ordered_json;

struct Options {
  fs::path model, out;
  std::vector<fs::path> data;
  calibrate::CalibrationOptions calibration;
  bool json = false;
};

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in || fs::is_directory(path))
    throw Error(ErrorCode::not_found, "model file '" + path.string() + "' cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The file names data sets without the folders of this machine.
std::string published_name(const fs::path& csv) {
  return (fs::absolute(csv).parent_path().filename() / csv.filename()).string();
}

ordered_json to_json(const calibrate::ScoreQuality& quality) {
  ordered_json bins = ordered_json::array();
  for (const evaluate::Reliability::Bin& bin : quality.reliability.bins)
    bins.push_back({{"detections", bin.detections},
                    {"mean_score", bin.mean_score},
                    {"share_right", bin.share_right}});
  return {{"ap", quality.average_precision},
          {"expected_calibration_error", quality.reliability.expected_error},
          {"brier_score", quality.reliability.brier_score},
          {"bins", bins}};
}

ordered_json to_json(const PrecisionRecall& point) {
  return {{"score", point.threshold},
          {"precision", point.precision},
          {"recall", point.recall},
          {"f1", point.f1()}};
}

ordered_json to_json(const Calibration& c, const ModelInfo& info, const Options& o) {
  ordered_json priors = ordered_json::array();
  std::size_t kind = 0;
  for (std::size_t level = 0; level < info.priors.levels.size(); ++level)
    for (std::size_t i = 0; i < info.priors.levels[level].priors_per_cell(); ++i, ++kind)
      priors.push_back({{"level", level + 1},
                        {"prior", i + 1},
                        {"detections", c.counts[kind].detections},
                        {"right", c.counts[kind].right},
                        {"a", c.maps[kind].a},
                        {"b", c.maps[kind].b}});
  ordered_json table = ordered_json::array();
  for (const PrecisionRecall& point : c.table) table.push_back(to_json(point));
  return {{"model", o.model.string()},
          {"out", o.out.string()},
          {"images", c.images},
          {"faces", c.faces},
          {"before", to_json(c.before)},
          {"after", to_json(c.after)},
          {"priors", priors},
          {"threshold_faces", c.threshold_faces},
          {"threshold", to_json(c.threshold)},
          {"precision_recall", table}};
}

void print(const Calibration& c, const ModelInfo& info, const Options& o) {
  std::printf("%zu photographs, %zu faces from %g px\n\n", c.images, c.faces,
              static_cast<double>(o.calibration.min_face));
  std::printf("  %-10s %6s %11s %7s %7s %7s\n", "level", "prior", "detections", "right", "a", "b");
  std::size_t kind = 0;
  for (std::size_t level = 0; level < info.priors.levels.size(); ++level)
    for (std::size_t i = 0; i < info.priors.levels[level].priors_per_cell(); ++i, ++kind)
      std::printf("  %-10zu %6zu %11zu %7zu %7.3f %7.3f\n", level + 1, i + 1,
                  c.counts[kind].detections, c.counts[kind].right, c.maps[kind].a, c.maps[kind].b);
  std::printf("\n  %-10s %34s   %34s\n", "", "before", "after");
  std::printf("  %-10s %12s %10s %10s   %12s %10s %10s\n", "score", "detections", "mean score",
              "right", "detections", "mean score", "right");
  const auto cells = [](const evaluate::Reliability::Bin& bin) {
    std::printf(" %12zu %10.3f %10.3f  ", bin.detections, bin.mean_score, bin.share_right);
  };
  for (std::size_t b = 0; b < c.before.reliability.bins.size(); ++b) {
    std::printf("  %.1f - %.1f ", static_cast<double>(b) / 10, static_cast<double>(b + 1) / 10);
    cells(c.before.reliability.bins[b]);
    cells(c.after.reliability.bins[b]);
    std::printf("\n");
  }
  const auto row = [](const char* what, double before, double after) {
    std::printf("  %-27s %8.4f -> %.4f\n", what, before, after);
  };
  std::printf("\n");
  row("expected calibration error", c.before.reliability.expected_error,
      c.after.reliability.expected_error);
  row("Brier score", c.before.reliability.brier_score, c.after.reliability.brier_score);
  row("AP at IoU 0.5", c.before.average_precision, c.after.average_precision);
  std::printf("\n  %-10s %10s %10s %8s   (%zu faces from %g px in the network's input)\n", "score",
              "precision", "recall", "F1", c.threshold_faces,
              static_cast<double>(o.calibration.min_threshold_face));
  const auto point = [](const PrecisionRecall& p, const char* mark) {
    std::printf("  %-10.2f %10.4f %10.4f %8.4f%s\n", p.threshold, p.precision, p.recall, p.f1(),
                mark);
  };
  for (const PrecisionRecall& p : c.table) point(p, "");
  point(c.threshold, "   the file's threshold");
  if (!o.out.empty()) std::printf("\nthe calibrated network is %s\n", o.out.c_str());
}

int run(const Options& o) {
  const std::string onnx = read_file(o.model);
  const Network network =
      Network::from_bytes(std::as_bytes(std::span(onnx.data(), onnx.size())), o.model.string());
  const ModelInfo info = ModelInfo::of(network, o.model.string());
  std::vector<data::PreparedSet> sets;
  std::vector<std::string> names;
  for (const fs::path& data : o.data) {
    const fs::path csv = data::split_files(data, "val").front();
    sets.push_back(data::read_prepared(csv));
    names.push_back(published_name(csv));
  }
  const auto fit = [&] {
    std::size_t photographs = 0;
    for (const data::PreparedSet& set : sets) photographs += set.records.size();
    Progress progress("detecting", photographs);
    return calibrate::calibrate(network, info, sets, o.calibration,
                                [&](std::size_t done, std::size_t) { progress.update(done); });
  };
  const Calibration calibration = fit();
  if (!o.out.empty())
    support::write_file_atomically(
        o.out, calibrate::calibrated_file(onnx, info, calibration, o.calibration, names));
  if (o.json)
    std::printf("%s\n", to_json(calibration, info, o)
                            .dump(2, ' ', false, ordered_json::error_handler_t::replace)
                            .c_str());
  else
    print(calibration, info, o);
  return exit_ok;
}

}  // namespace

void add_calibrate(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Options& o = *options;
  o.calibration.threads = base::processors();
  CLI::App* const command = app.add_subcommand(
      "calibrate", "Calibrate a network's scores to probabilities, and choose its threshold");
  command->add_option("model", o.model, "ONNX file of an SSD written by faceshot export")
      ->required();
  command
      ->add_option("--data", o.data,
                   "Prepared sets (their val.csv) or CSV files of held-out photographs, with and "
                   "without faces")
      ->required();
  command->add_option("--out", o.out, "ONNX file to write; without it, print the report only");
  command
      ->add_option("--max-side", o.calibration.max_side,
                   "Scale larger photographs down to this longer side; 0: never")
      ->check(CLI::Range(0, 16384))
      ->capture_default_str();
  command->add_option("--nms", o.calibration.nms_threshold, "NMS IoU threshold")
      ->check(CLI::Range(0.0F, 1.0F))
      ->capture_default_str();
  command
      ->add_option("--min-face", o.calibration.min_threshold_face,
                   "Choose the threshold for faces with at least this shorter side in the "
                   "network's input, pixels")
      ->check(CLI::Range(0.0F, 1e4F))
      ->capture_default_str();
  command
      ->add_option("--threads,--jobs", o.calibration.threads, "Photographs processed in parallel")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_flag("--json", o.json, "Print the report as JSON");
  command->footer(
      "Example:\n"
      "  faceshot calibrate nano.onnx --data data/held-out data/no-faces --out "
      "nano-calibrated.onnx");
  command->callback([options, &exit_code] { exit_code = guarded([&] { return run(*options); }); });
}

}  // namespace faceshot::cli
