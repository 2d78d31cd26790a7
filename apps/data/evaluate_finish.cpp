#include "evaluate_finish.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <charconv>
#include <cstdio>

#include "common/console.hpp"
#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

struct Demand {
  std::string name;
  double least = 0;
};

Demand demand_of(const std::string& text) {
  const auto equals = text.find('=');
  Demand demand{text.substr(0, equals), 0};
  if (equals != std::string::npos && equals > 0) {
    const char* const begin = text.data() + equals + 1;
    const char* const end = text.data() + text.size();
    const auto [rest, fault] = std::from_chars(begin, end, demand.least);
    if (fault == std::errc() && rest == end) return demand;
  }
  throw Error(ErrorCode::invalid_argument,
              "--at-least " + text + ": expected NAME=NUMBER, such as easy=0.9");
}

/// Figures below the required minimum, one per line.
std::string shortfalls(const EvaluateOptions& o, const Evaluation& evaluation) {
  std::string lines;
  for (const std::string& text : o.at_least) {
    const Demand demand = demand_of(text);
    const NamedFigure* figure = nullptr;
    std::vector<std::string> known;
    for (const NamedFigure& f : evaluation.figures) {
      known.push_back(f.first);
      if (f.first == demand.name) figure = &f;
    }
    if (figure == nullptr)
      throw Error(ErrorCode::invalid_argument, "--at-least " + text + ": the figures are " +
                                                   fmt::format("{}", fmt::join(known, ", ")));
    if (!figure->second)
      lines += fmt::format("faceshot: {} has no value; at least {:g} is required\n", demand.name,
                           demand.least);
    else if (!(*figure->second >= demand.least))
      lines += fmt::format("faceshot: {} is {:.4f}; at least {:g} is required\n", demand.name,
                           *figure->second, demand.least);
  }
  return lines;
}

std::string dump_of(const nlohmann::ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

void check_finish(const EvaluateOptions& o) {
  for (const fs::path& report : o.reports)
    if (const std::string ending = report.extension().string();
        ending != ".html" && ending != ".md" && ending != ".json")
      throw Error(ErrorCode::invalid_argument,
                  "--report " + report.string() + ": the name must end in .html, .md or .json");
  for (const std::string& text : o.at_least) (void)demand_of(text);
}

int finish(const EvaluateOptions& o, const Evaluation& evaluation) {
  const std::string too_low = shortfalls(o, evaluation);
  if (o.json)
    std::printf("%s\n", dump_of(evaluation.json, 2).c_str());
  else
    std::fputs(evaluation.text.c_str(), stdout);
  std::optional<support::Document> document;
  if (!o.reports.empty()) document = evaluation.document();
  for (const fs::path& report : o.reports) {
    support::make_folder(report.parent_path());
    nlohmann::ordered_json json = evaluation.json;
    if (report.extension() == ".json" && evaluation.details) json.update(evaluation.details());
    support::write_file_atomically(report, report.extension() == ".html" ? html_page(*document)
                                           : report.extension() == ".md" ? markdown(*document)
                                                                         : dump_of(json, 1) + "\n");
    if (!o.json) std::printf("the report is %s\n", report.c_str());
  }
  std::fflush(stdout);
  std::fputs(too_low.c_str(), stderr);
  return too_low.empty() ? exit_ok : exit_failure;
}

evaluate::BootstrapOptions bootstrap_options(const EvaluateOptions& o) {
  return {.samples = o.samples, .seed = o.seed, .threads = o.threads};
}

void add_pictures(const EvaluateOptions& o, const ErrorStudy& study, const ErrorSetting& setting,
                  evaluate::EvaluationReport& report) {
  const bool at_hand = !o.data.empty() || !o.images.empty();
  if (o.no_pictures || !at_hand) {
    report.pictures_left_out = true;
    return;
  }
  report.missed = missed_pictures(study, setting);
  report.false_alarms = alarm_pictures(study, setting);
}

void add_report_options(CLI::App& command, EvaluateOptions& o) {
  command
      .add_option("--report", o.reports,
                  "Reports to write; the extension chooses the format: a self-contained page "
                  "(.html), .md or .json")
      ->group("Reports");
  command
      .add_flag("--no-pictures", o.no_pictures,
                "Leave photographs out of the report; not every data set may be redistributed")
      ->group("Reports");
  command
      .add_option("--compare", o.compare,
                  "Compare two detectors on the same images and test the difference: folders of "
                  "result files, or ONNX files to run on --data")
      ->expected(2)
      ->group("Reports");
  command
      .add_option(
          "--at-least", o.at_least,
          "NAME=NUMBER: exit with status 1 if a figure is lower, such as easy=0.9; voc: ap=0.8")
      ->group("Reports");
  command
      .add_option("--samples", o.samples, "Number of bootstrap samples for intervals and --compare")
      ->check(CLI::Range(std::size_t{10}, std::size_t{1'000'000}))
      ->capture_default_str()
      ->group("Reports");
  command.add_option("--seed", o.seed, "Random seed of the bootstrap")
      ->capture_default_str()
      ->group("Reports");
}

}  // namespace faceshot::cli
