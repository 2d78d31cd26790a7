// faceshot models
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "common/console.hpp"
#include "common/model_file.hpp"
#include "network/backbones/backbone.hpp"
#include "network/registry.hpp"
#include "network/summary.hpp"

namespace faceshot::cli {
namespace {

using network::Backbone;

using Json = nlohmann::ordered_json;

std::string joined(const std::vector<std::string>& names, const char* between) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : between) + name;
  return text;
}

double gflop(std::int64_t multiply_accumulates) {
  return 2e-9 * static_cast<double>(multiply_accumulates);
}

void print(const Json& json) { std::printf("%s\n", json.dump(2).c_str()); }

struct ModelsArguments {
  std::string backbone, variant;
  float alpha = 1;
  bool json = false;
};

/// The figures of a backbone for the table.
struct BackboneFigures {
  const Backbone* backbone;
  network::NetworkSpec spec;
  std::int64_t parameters, multiply_accumulates;
};

BackboneFigures figures_of(const Backbone& backbone, const ModelsArguments& a) {
  network::NetworkSpec spec = network::make_backbone(backbone.name, a.alpha, a.variant);
  const std::int64_t parameters = network::parameter_count(spec);
  const std::int64_t products =
      network::multiply_accumulates(spec, backbone.input_size, backbone.input_size);
  return {&backbone, std::move(spec), parameters, products};
}

Json taps_json(const BackboneFigures& f) {
  const int size = f.backbone->input_size;
  const auto rows = network::summarise_layers(f.spec, size, size);
  Json taps = Json::array();
  for (const network::Tap& tap : f.spec.taps) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const network::LayerSummary& r) {
      return r.name == tap.layer;
    });
    taps.push_back({{"name", tap.name},
                    {"layer", tap.layer},
                    {"channels", row->channels},
                    {"stride", row->stride},
                    {"receptive_field", row->receptive_field}});
  }
  return taps;
}

Json backbone_json(const BackboneFigures& f) {
  return {{"name", f.backbone->name},
          {"parameters", f.parameters},
          {"gflop", gflop(f.multiply_accumulates)},
          {"input", f.backbone->input_size},
          {"variants", f.backbone->variants},
          {"features", f.backbone->features},
          {"neck", f.backbone->neck},
          {"taps", taps_json(f)},
          {"reference", f.backbone->reference}};
}

void list_shipped() {
  const auto files = shipped_networks();
  if (files.empty()) return;
  std::printf("Shipped networks, for --model:\n");
  for (std::size_t i = 0; i < files.size(); ++i)
    std::printf("%-15s %8ju kB  %s%s\n", short_name(files[i]).c_str(),
                static_cast<std::uintmax_t>(std::filesystem::file_size(files[i]) / 1000),
                files[i].c_str(), i == 0 ? " (default)" : "");
  std::printf("\nBackbones, to train your own:\n");
}

int list_all(const ModelsArguments& a) {
  Json all = Json::array();
  if (!a.json) list_shipped();
  if (!a.json)
    std::printf("%-15s %11s %8s %6s  %-28s %s\n", "backbone", "parameters", "GFLOP", "input",
                "taps", "reference");
  for (const Backbone& backbone : network::backbones()) {
    const BackboneFigures f = figures_of(backbone, a);
    if (a.json) {
      all.push_back(backbone_json(f));
      continue;
    }
    std::vector<std::string> taps;
    for (const network::Tap& tap : f.spec.taps) taps.push_back(tap.name);
    std::printf("%-15s %11lld %8.3f %6d  %-28s %s\n", backbone.name,
                static_cast<long long>(f.parameters), gflop(f.multiply_accumulates),
                backbone.input_size, joined(taps, " ").c_str(), backbone.reference);
  }
  if (a.json)
    print(all);
  else
    std::printf(
        "\nWithout classifiers. GFLOP (two per multiply-accumulate) for a square input of that "
        "side.\n"
        "Choose one with model.backbone; list its taps with faceshot models --backbone NAME\n");
  return exit_ok;
}

int list_one(const ModelsArguments& a) {
  const Backbone& backbone = network::find_backbone(a.backbone);
  const BackboneFigures f = figures_of(backbone, a);
  if (a.json) {
    print(backbone_json(f));
    return exit_ok;
  }
  std::printf("%s: %s\n%lld parameters, %.3f GFLOP at %dx%d, variants: %s\n", backbone.name,
              backbone.reference, static_cast<long long>(f.parameters),
              gflop(f.multiply_accumulates), backbone.input_size, backbone.input_size,
              joined(backbone.variants, ", ").c_str());
  std::printf("\n%-12s %7s %9s %16s  %s\n", "tap", "stride", "channels", "receptive field",
              "layer");
  for (const auto& tap : taps_json(f))
    std::printf("%-12s %7g %9d %16d  %s\n", tap["name"].get<std::string>().c_str(),
                tap["stride"].get<double>(), tap["channels"].get<int>(),
                tap["receptive_field"].get<int>(), tap["layer"].get<std::string>().c_str());
  std::printf("\nDefault features: %s; default neck: %s\n", joined(backbone.features, ", ").c_str(),
              backbone.neck);
  return exit_ok;
}

}  // namespace

void add_models(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ModelsArguments>();
  CLI::App* const command =
      app.add_subcommand("models", "List the shipped networks, and the backbones for training");
  CLI::Option* const backbone = command->add_option("--backbone", arguments->backbone,
                                                    "Describe this backbone, including its taps");
  command->add_option("--alpha", arguments->alpha, "Width multiplier")
      ->capture_default_str()
      ->check(CLI::Range(0.05, 4.0));
  command->add_option("--variant", arguments->variant, "Variant: torchvision or keras")
      ->needs(backbone);
  command->add_flag("--json", arguments->json, "Print JSON");
  command->footer("Example:\n  faceshot models --backbone mobilenet_v2 --alpha 0.5");
  command->callback([arguments, &exit_code] {
    exit_code = guarded(
        [&] { return arguments->backbone.empty() ? list_all(*arguments) : list_one(*arguments); });
  });
}

}  // namespace faceshot::cli
