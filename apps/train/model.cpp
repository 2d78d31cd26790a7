// faceshot model summary
#include <fmt/format.h>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/console.hpp"
#include "network/registry.hpp"
#include "network/summary.hpp"
#include "train/config/config.hpp"
#include "train_commands.hpp"

namespace faceshot::cli {
namespace {

using network::NetworkSpec;

using Json = nlohmann::ordered_json;

double gflop(std::int64_t multiply_accumulates) {
  return 2e-9 * static_cast<double>(multiply_accumulates);
}

void print(const Json& json) { std::printf("%s\n", json.dump(2).c_str()); }

struct SummaryArguments {
  std::vector<std::string> config;  ///< file, then overrides
  int size = 0;
  bool json = false;
};

Json summary_json(const NetworkSpec& spec, int size) {
  Json layers = Json::array();
  for (const network::LayerSummary& row : network::summarise_layers(spec, size, size))
    layers.push_back({{"name", row.name},
                      {"operation", row.operation},
                      {"inputs", row.inputs},
                      {"width", row.size.width},
                      {"height", row.size.height},
                      {"channels", row.channels},
                      {"parameters", row.parameters},
                      {"gflop", gflop(row.multiply_accumulates)},
                      {"receptive_field", row.receptive_field},
                      {"stride", row.stride}});
  Json levels = Json::array();
  for (const network::LevelSummary& level : network::summarise_levels(spec, size, size))
    levels.push_back({{"feature", level.feature},
                      {"width", level.size.width},
                      {"height", level.size.height},
                      {"priors_per_cell", level.priors_per_cell},
                      {"priors", level.priors},
                      {"smallest", level.smallest},
                      {"largest", level.largest},
                      {"receptive_field", level.receptive_field}});
  return {{"name", spec.name},
          {"input", size},
          {"parameters", network::parameter_count(spec)},
          {"gflop", gflop(network::multiply_accumulates(spec, size, size))},
          {"size_divisor", spec.size_divisor},
          {"layers", layers},
          {"levels", levels}};
}

std::string map_text(int channels, const FeatureSize& size) {
  return std::to_string(channels) + " x " + std::to_string(size.height) + " x " +
         std::to_string(size.width);
}

void print_summary(const NetworkSpec& spec, int size) {
  const auto levels = network::summarise_levels(spec, size, size);  // reports an input that is too
                                                                    // small immediately
  std::size_t width = 5;
  for (const network::Layer& layer : spec.layers) width = std::max(width, layer.name.size());
  const int name = static_cast<int>(width);
  std::printf("%-*s  %-19s %-18s %11s %8s %6s %7s\n", name, "layer", "operation",
              "channels x h x w", "parameters", "MFLOP", "field", "stride");
  for (const network::LayerSummary& row : network::summarise_layers(spec, size, size))
    std::printf("%-*s  %-19s %-18s %11lld %8.2f %6d %7g\n", name, row.name.c_str(),
                row.operation.c_str(), map_text(row.channels, row.size).c_str(),
                static_cast<long long>(row.parameters), 1000 * gflop(row.multiply_accumulates),
                row.receptive_field, row.stride);
  std::printf("\n%-*s  %9s %9s %9s  %-17s %s\n", name, "level", "cells", "a cell", "priors",
              "sizes, pixels", "field of its predictors");
  std::int64_t priors = 0;
  for (const network::LevelSummary& level : levels) {
    const std::string cells = fmt::format("{}x{}", level.size.width, level.size.height);
    const std::string sizes = fmt::format("{:.4g} to {:.4g}", static_cast<double>(level.smallest),
                                          static_cast<double>(level.largest));
    std::printf("%-*s  %9s %9zu %9lld  %-17s %d\n", name, level.feature.c_str(), cells.c_str(),
                level.priors_per_cell, static_cast<long long>(level.priors), sizes.c_str(),
                level.receptive_field);
    priors += level.priors;
  }
  std::printf("\n%s at %dx%d: %lld parameters, %.3f GFLOP, %lld priors\n", spec.name.c_str(), size,
              size, static_cast<long long>(network::parameter_count(spec)),
              gflop(network::multiply_accumulates(spec, size, size)),
              static_cast<long long>(priors));
}

int summarise(const SummaryArguments& a) {
  const train::Config config =
      train::read_config(a.config.front(), {a.config.begin() + 1, a.config.end()});
  const NetworkSpec spec = network::make_network(config.model);
  const int size = a.size > 0 ? a.size : config.augment.size;
  if (a.json)
    print(summary_json(spec, size));
  else
    print_summary(spec, size);
  return exit_ok;
}

}  // namespace

void add_model(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<SummaryArguments>();
  CLI::App* const model = app.add_subcommand("model", "Show the network that a config describes");
  model->require_subcommand(1);
  CLI::App* const command = model->add_subcommand(
      "summary",
      "List the layers: shapes, parameters, operations, receptive fields, priors per level");
  command->add_option("config", arguments->config, "Config file, then overrides as key=value")
      ->required();
  command->add_option("--size", arguments->size, "Side of the input; default: augment.size")
      ->check(CLI::Range(16, 8192));
  command->add_flag("--json", arguments->json, "Print JSON");
  command->footer("Example:\n  faceshot model summary configs/ssd300-mobilenetv2.toml");
  command->callback(
      [arguments, &exit_code] { exit_code = guarded([&] { return summarise(*arguments); }); });
}

}  // namespace faceshot::cli
