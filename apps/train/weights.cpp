// faceshot weights
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/console.hpp"
#include "support/atomic_file.hpp"
#include "train_commands.hpp"
#include "weights/array_stats.hpp"
#include "weights/average_onnx.hpp"
#include "weights/match_report.hpp"
#include "weights/weight_file.hpp"

namespace faceshot::cli {
namespace {

using weights::NamedArray;
using weights::WeightFile;

struct WeightsArguments {
  std::string file, out;
  std::vector<std::string> files;
  std::vector<double> shares;
  bool json = false;
};

std::size_t value_count(const WeightFile& file) {
  std::size_t count = 0;
  for (const NamedArray& array : file.arrays) count += array.values.size();
  return count;
}

void print_json(const WeightsArguments& a, const WeightFile& file) {
  nlohmann::ordered_json arrays = nlohmann::ordered_json::array();
  for (const NamedArray& array : file.arrays) {
    const weights::ArrayStats stats = weights::array_stats(array.values);
    arrays.push_back({{"name", array.name},
                      {"dtype", array.dtype},
                      {"shape", array.shape},
                      {"min", stats.min},
                      {"mean", stats.mean},
                      {"max", stats.max},
                      {"std", stats.std},
                      {"not_finite", stats.not_finite}});
  }
  const nlohmann::ordered_json json{
      {"file", a.file}, {"format", file.format}, {"values", value_count(file)}, {"arrays", arrays}};
  std::printf("%s\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

void print_table(const WeightsArguments& a, const WeightFile& file) {
  int name_width = 4;
  int shape_width = 5;
  for (const NamedArray& array : file.arrays) {
    name_width = std::max(name_width, static_cast<int>(array.name.size()));
    shape_width = std::max(shape_width, static_cast<int>(weights::shape_text(array.shape).size()));
  }
  std::printf("%s: %s, %zu arrays, %zu values\n", a.file.c_str(), file.format.c_str(),
              file.arrays.size(), value_count(file));
  std::printf("%-*s  %-8s  %-*s  %10s %10s %10s %10s\n", name_width, "name", "dtype", shape_width,
              "shape", "min", "mean", "max", "std");
  for (const NamedArray& array : file.arrays) {
    const weights::ArrayStats stats = weights::array_stats(array.values);
    std::printf("%-*s  %-8s  %-*s  %10.4g %10.4g %10.4g %10.4g", name_width, array.name.c_str(),
                array.dtype.c_str(), shape_width, weights::shape_text(array.shape).c_str(),
                stats.min, stats.mean, stats.max, stats.std);
    if (stats.not_finite > 0) std::printf("  %zu not finite", stats.not_finite);
    std::printf("\n");
  }
}

int inspect(const WeightsArguments& a) {
  const WeightFile file = weights::read_weight_file(a.file);
  if (a.json)
    print_json(a, file);
  else
    print_table(a, file);
  return exit_ok;
}

int convert(const WeightsArguments& a) {
  const WeightFile file = weights::read_weight_file(a.file);
  weights::write_weight_file(a.out, file.arrays, {{"source_format", file.format}});
  std::printf("%s: %zu arrays, %zu values, from %s\n", a.out.c_str(), file.arrays.size(),
              value_count(file), file.format.c_str());
  return exit_ok;
}

int average(const WeightsArguments& a) {
  const std::vector<std::filesystem::path> files(a.files.begin(), a.files.end());
  const std::string bytes = weights::average_onnx(files, a.shares);
  support::write_file_atomically(a.out, bytes);
  std::printf("%s: the mean of %zu networks. Measure it: faceshot evaluate --model %s --data SET\n",
              a.out.c_str(), files.size(), a.out.c_str());
  return exit_ok;
}

void add_average(CLI::App& command, const std::shared_ptr<WeightsArguments>& arguments,
                 int& exit_code) {
  CLI::App* const mean = command.add_subcommand(
      "average", "Average networks fine-tuned from one another into one ONNX file");
  mean->add_option("files", arguments->files, "Two or more ONNX files of one architecture")
      ->required();
  mean->add_option("--shares", arguments->shares, "Weight of each file, as in 2,1; default: equal")
      ->delimiter(',');
  mean->add_option("--out", arguments->out, "X.onnx")->required();
  mean->footer("Example:\n  faceshot weights average before.onnx after.onnx --out mean.onnx");
  mean->callback(
      [arguments, &exit_code] { exit_code = guarded([&] { return average(*arguments); }); });
}

}  // namespace

void add_weights(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<WeightsArguments>();
  CLI::App* const command = app.add_subcommand(
      "weights",
      "Weight files (HDF5, safetensors, ONNX, PyTorch, NumPy): inspect, convert, average");
  command->require_subcommand(1);

  CLI::App* const look =
      command->add_subcommand("inspect", "List the arrays: name, type, shape and range");
  look->add_option("file", arguments->file, "Weight file; the format is detected from its content")
      ->required();
  look->add_flag("--json", arguments->json, "Print JSON");
  look->footer("Example:\n  faceshot weights inspect init.h5");
  look->callback(
      [arguments, &exit_code] { exit_code = guarded([&] { return inspect(*arguments); }); });

  CLI::App* const change = command->add_subcommand(
      "convert", "Write the arrays as 32-bit floats, keeping names and layouts");
  change->add_option("file", arguments->file, "Weight file")->required();
  change->add_option("--out", arguments->out, "X.safetensors or X.npz")->required();
  change->footer("Example:\n  faceshot weights convert runs/nano/best.pt --out best.safetensors");
  change->callback(
      [arguments, &exit_code] { exit_code = guarded([&] { return convert(*arguments); }); });
  add_average(*command, arguments, exit_code);
}

}  // namespace faceshot::cli
