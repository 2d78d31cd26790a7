// `faceshot runs`: analysis of training runs.
#include <fmt/format.h>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/console.hpp"
#include "data_commands.hpp"
#include "faceshot/error.hpp"
#include "runs/run_history.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"

namespace faceshot::cli {
namespace {

using runs::RunHistory;

namespace fs = std::filesystem;

struct RunsArguments {
  std::vector<fs::path> runs;
  fs::path dir = "runs";
  fs::path out = "curves.svg";
  bool json = false;
};

std::vector<RunHistory> read_all(const std::vector<fs::path>& folders) {
  std::vector<RunHistory> runs;
  for (const fs::path& folder : folders) runs.push_back(runs::read_run(folder));
  return runs;
}

nlohmann::ordered_json to_json(const RunHistory& run) {
  nlohmann::ordered_json json{{"name", run.name}, {"epochs", run.epochs}};
  if (run.best_ap) {
    json["best_ap"] = run.best_ap->second;
    json["best_epoch"] = run.best_ap->first;
  }
  if (run.best_ap_mean) {
    json["best_ap_mean"] = run.best_ap_mean->second;
    json["best_ap_mean_epoch"] = run.best_ap_mean->first;
  }
  for (const auto& [metric, curve] : run.metrics)
    if (!curve.empty()) json["last"][metric] = curve.back().second;
  return json;
}

/// Epoch and value, in two columns.
std::string best_text(const std::optional<std::pair<int, double>>& best) {
  if (!best) return fmt::format("{:>9} {:>5}", "-", "-");
  return fmt::format("{:>9.4f} {:5}", best->second, best->first);
}

void print_table(const std::vector<RunHistory>& runs) {
  std::printf("%-24s %7s %9s %5s %9s %5s %8s %11s %9s\n", "run", "epochs", "mean AP", "at",
              "best AP", "at", "alarms", "conf loss", "loc loss");
  const auto last = [](const RunHistory& run, const char* metric) {
    const runs::MetricCurve* const curve = run.find(metric);
    return curve != nullptr && !curve->empty() ? fmt::format("{:.4f}", curve->back().second) : "-";
  };
  for (const RunHistory& run : runs)
    std::printf("%-24s %7d %s %s %8s %11s %9s\n", run.name.c_str(), run.epochs,
                best_text(run.best_ap_mean).c_str(), best_text(run.best_ap).c_str(),
                last(run, "val_false_alarms").c_str(), last(run, "confidence_loss").c_str(),
                last(run, "location_loss").c_str());
}

int list(const RunsArguments& o) {
  const auto runs = read_all(runs::list_runs(o.dir));
  if (o.json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const RunHistory& run : runs) all.push_back(to_json(run));
    std::printf("%s\n", all.dump(2).c_str());
  } else if (runs.empty()) {
    std::printf("no runs in %s; start one with faceshot train CONFIG --out %s/NAME\n",
                o.dir.c_str(), o.dir.c_str());
  } else {
    print_table(runs);
  }
  return exit_ok;
}

int compare(const RunsArguments& o) {
  const auto runs = read_all(o.runs);
  if (runs.size() < 2)
    throw Error(ErrorCode::invalid_argument, "runs compare needs at least two runs");
  const auto differences = runs::config_differences(runs);
  if (o.json) {
    nlohmann::ordered_json json;
    for (const RunHistory& run : runs) json["runs"].push_back(to_json(run));
    for (const auto& [key, values] : differences) json["differences"][key] = values;
    std::printf("%s\n", json.dump(2).c_str());
    return exit_ok;
  }
  print_table(runs);
  std::printf("\n%s\n", differences.empty() ? "their configs are the same" : "what differs:");
  for (const auto& [key, values] : differences) {
    std::printf("  %s\n", key.c_str());
    for (std::size_t i = 0; i < runs.size(); ++i)
      std::printf("    %-22s %s\n", runs[i].name.c_str(),
                  values[i].empty() ? "-" : values[i].c_str());
  }
  return exit_ok;
}

int plot(const RunsArguments& o) {
  const auto runs = read_all(o.runs);
  support::make_folder(o.out.parent_path());
  support::write_file_atomically(o.out, runs::runs_svg(runs));
  std::printf("curves of %zu runs are in %s\n", runs.size(), o.out.c_str());
  return exit_ok;
}

}  // namespace

void add_runs(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<RunsArguments>();
  RunsArguments& o = *options;
  CLI::App* command = app.add_subcommand("runs", "List, compare and plot training runs");
  command->require_subcommand(1);
  command->footer(
      "Example:\n  faceshot runs list\n"
      "  faceshot runs compare runs/a runs/b\n"
      "  faceshot runs plot runs/a runs/b --out curves.svg");
  const auto on_call = [&exit_code, options](CLI::App* sub, int (*work)(const RunsArguments&)) {
    sub->callback(
        [options, work, &exit_code] { exit_code = guarded([&] { return work(*options); }); });
  };

  CLI::App* list_command =
      command->add_subcommand("list", "List the runs in a folder: epochs, best AP");
  list_command->add_option("folder", o.dir, "Folder of runs")->capture_default_str();
  list_command->add_flag("--json", o.json, "Print JSON instead of a table");
  list_command->footer("Example:\n  faceshot runs list runs");
  on_call(list_command, list);

  CLI::App* compare_command = command->add_subcommand(
      "compare", "Compare the results of runs, and the differences between their configs");
  compare_command->add_option("runs", o.runs, "Folders of runs")->required();
  compare_command->add_flag("--json", o.json, "Print JSON instead of a table");
  compare_command->footer("Example:\n  faceshot runs compare runs/a runs/b");
  on_call(compare_command, compare);

  CLI::App* plot_command =
      command->add_subcommand("plot", "Plot the curves of runs as an SVG image");
  plot_command->add_option("runs", o.runs, "Folders of runs, at most 8")->required();
  plot_command->add_option("--out", o.out, "Image file to write")->capture_default_str();
  plot_command->footer("Example:\n  faceshot runs plot runs/a runs/b --out curves.svg");
  on_call(plot_command, plot);
}

}  // namespace faceshot::cli
