// `faceshot data check`: finds problems in a prepared set.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/processors.hpp"
#include "common/console.hpp"
#include "data/check/check_report.hpp"
#include "data/check/check_set.hpp"
#include "data/prepared/splits.hpp"
#include "data_commands.hpp"
#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"

namespace faceshot::cli {
namespace {

using data::CheckedSplit;
using data::CheckReport;
using data::Finding;
using data::info;
using data::Problem;
using data::Repairs;
using data::Severity;

namespace fs = std::filesystem;

struct CheckArguments {
  std::vector<fs::path> sets;
  std::string split;  ///< for folders; empty: all existing ones
  std::vector<std::string> fixes;
  fs::path report;
  data::CheckOptions check;
  bool strict = false;
  bool json = false;
};

/// The splits of folders; CSV files as given.
std::vector<fs::path> csvs_of(const CheckArguments& o) {
  std::vector<fs::path> csvs;
  for (const fs::path& set : o.sets)
    for (const fs::path& csv : data::split_files(set, o.split)) csvs.push_back(csv);
  return csvs;
}

/// Short names for the most common repairs.
const std::map<std::string, std::vector<Problem>, std::less<>> repair_groups{
    {"clip", {Problem::box_beyond_edge}},
    {"swap", {Problem::swapped_corners}},
    {"drop-empty", {Problem::empty_box, Problem::box_outside}},
    {"drop-images", {Problem::missing_image, Problem::damaged_image, Problem::bad_path}},
    {"drop-doubles", {Problem::doubled_box, Problem::duplicate_image, Problem::near_duplicate}},
};

Repairs repairs_of(const std::vector<std::string>& names) {
  Repairs repairs{};
  const auto repair = [&](Problem problem) { repairs[static_cast<std::size_t>(problem)] = true; };
  for (const std::string& name : names) {
    if (name == "all")
      repairs.fill(true);
    else if (const auto group = repair_groups.find(name); group != repair_groups.end())
      std::for_each(group->second.begin(), group->second.end(), repair);
    else
      repair(data::problem_of(name));
  }
  return repairs;
}

std::string groups_text() {
  std::string text = "Short names: all";
  for (const auto& [name, members] : repair_groups) {
    text += "; " + name + ":";
    for (const Problem problem : members) text += " " + std::string(info(problem).name);
  }
  return text + "\n";
}

nlohmann::ordered_json to_json(const CheckReport& report) {
  nlohmann::ordered_json json{{"splits", nlohmann::json::array()},
                              {"findings", nlohmann::json::array()}};
  for (const CheckedSplit& split : report.splits)
    json["splits"].push_back(
        {{"csv", split.csv.string()}, {"images", split.images}, {"boxes", split.boxes}});
  for (const Finding& f : report.findings) {
    nlohmann::ordered_json entry{{"problem", info(f.problem).name},
                                 {"severity", data::name_of(info(f.problem).severity)},
                                 {"place", f.place},
                                 {"image", f.image},
                                 {"detail", f.detail}};
    if (f.box) entry["box"] = {f.box->x1, f.box->y1, f.box->x2, f.box->y2};
    json["findings"].push_back(std::move(entry));
  }
  return json;
}

void print_table(const CheckReport& report) {
  constexpr std::size_t shown = 3;
  for (const CheckedSplit& split : report.splits)
    std::printf("%s: %zu images, %zu boxes\n", split.csv.c_str(), split.images, split.boxes);
  const auto counts = report.counts();
  for (const data::ProblemInfo& p : data::problems()) {
    const std::size_t count = counts[static_cast<std::size_t>(p.problem)];
    if (count == 0) continue;
    std::printf("%-8s %6zu  %s: %s\n", std::string(data::name_of(p.severity)).c_str(), count,
                std::string(p.name).c_str(), std::string(p.meaning).c_str());
    std::size_t listed = 0;
    for (const Finding& f : report.findings) {
      if (f.problem != p.problem || listed++ >= shown) continue;
      std::printf("    %s %s %s\n", f.place.c_str(), f.image.c_str(), f.detail.c_str());
    }
    if (count > shown) std::printf("    ... and %zu more (--report, --json)\n", count - shown);
  }
  if (report.findings.empty()) std::printf("no problems found\n");
}

void write_repaired(const CheckReport& report, const Repairs& repairs) {
  if (const std::size_t left = data::unrepaired_errors(report, repairs); left != 0)
    throw Error(
        ErrorCode::invalid_argument,
        std::to_string(left) +
            " errors would remain, so nothing was repaired; add them to --fix, or use --fix all");
  for (const CheckedSplit& split : report.splits)
    data::write_prepared(split.csv.parent_path(), split.csv.stem().string(), split.repaired,
                         "repaired by faceshot data check");
}

int check(const CheckArguments& o) {
  const Repairs repairs = repairs_of(o.fixes);
  const std::vector<fs::path> csvs = csvs_of(o);
  const auto run = [&] {
    std::unique_ptr<Progress> progress;
    return data::check_sets(csvs, o.check, repairs, [&](std::size_t done, std::size_t total) {
      if (!progress) progress = std::make_unique<Progress>("checking", total);
      progress->update(done);
    });
  };
  const CheckReport report = run();
  if (!o.report.empty()) {
    support::make_folder(o.report.parent_path());
    support::write_file_atomically(o.report, data::check_report_html(report));
  }
  if (o.json)
    std::printf(
        "%s\n",
        to_json(report).dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  else
    print_table(report);
  if (!o.report.empty() && !o.json) std::printf("the report is %s\n", o.report.c_str());
  if (!o.fixes.empty()) {
    write_repaired(report, repairs);
    if (!o.json) std::printf("repaired; run the check again to see what remains\n");
    return exit_ok;
  }
  const bool bad =
      std::any_of(report.findings.begin(), report.findings.end(), [&](const Finding& f) {
        const Severity s = info(f.problem).severity;
        return s == Severity::error || (o.strict && s == Severity::warning);
      });
  return bad ? exit_failure : exit_ok;
}

}  // namespace

void add_data_check(CLI::App& data, int& exit_code) {
  auto options = std::make_shared<CheckArguments>();
  CheckArguments& o = *options;
  o.check.threads = base::processors();
  CLI::App* command = data.add_subcommand("check", "Find problems in a prepared set");
  command->add_option("sets", o.sets, "Folders of prepared sets (all splits) or CSV files")
      ->required();
  command->add_option("--split", o.split, "Split of the folders; default: all")
      ->check(CLI::IsMember({"train", "val", "test"}));
  command->add_option("--report", o.report, "HTML report with pictures of the problems");
  command
      ->add_option(
          "--fix", o.fixes,
          "Repair these problems and rewrite the CSV files (names above, separated by commas)")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_flag("--strict", o.strict, "Treat warnings as errors for the exit status");
  command
      ->add_option("--min-side", o.check.min_side,
                   "Faces with a shorter side below this are tiny, pixels")
      ->check(CLI::Range(0.0F, 1e4F))
      ->capture_default_str();
  command->add_option("--threads,--jobs", o.check.threads, "Images decoded in parallel")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_flag("--json", o.json, "Print all problems as JSON instead of a table");
  std::string footer = "The exit status is 1 if there are errors.\nProblems and what --fix does:\n";
  for (const data::ProblemInfo& p : data::problems())
    footer += "  " + std::string(p.name) + std::string(18 - p.name.size(), ' ') +
              (p.repair.empty() ? "(report only)" : std::string(p.repair)) + "\n";
  footer += groups_text();
  footer +=
      "Example:\n  faceshot data check data/mine --report check.html\n"
      "  faceshot data check data/mine --fix clip,swap,drop-empty --strict";
  command->footer(footer);
  command->callback(
      [options, &exit_code] { exit_code = guarded([&] { return check(*options); }); });
}

}  // namespace faceshot::cli
