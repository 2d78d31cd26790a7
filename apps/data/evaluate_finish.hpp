// The last steps of all protocols of `faceshot evaluate`: the table or JSON, reports, and the
// comparison with --at-least.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "evaluate/report/evaluation_report.hpp"
#include "evaluate_errors.hpp"
#include "evaluate_parts.hpp"

namespace faceshot::cli {

/// A figure and its name in --at-least.
using NamedFigure = std::pair<std::string, std::optional<double>>;

struct Evaluation {
  std::vector<NamedFigure> figures;
  nlohmann::ordered_json json;  ///< for --json
  std::string text;             ///< for users
  /// Created only if a report is requested, since it takes time.
  std::function<support::Document()> document;
  std::function<nlohmann::ordered_json()> details;  ///< contents of a report in addition to `json`
};

/// Checks --report and --at-least before anything takes time.
/// @throws Error(invalid_argument) for an unknown extension, or something that is not NAME=NUMBER
void check_finish(const EvaluateOptions& options);

/// Prints, writes the reports, and compares with --at-least.
/// @return exit code: 1 if a figure is too low
/// @throws Error(invalid_argument) for an unknown figure, naming the existing ones
int finish(const EvaluateOptions& options, const Evaluation& evaluation);

[[nodiscard]] evaluate::BootstrapOptions bootstrap_options(const EvaluateOptions& options);

/// Pictures of the worst errors, if photographs are available and pictures requested.
void add_pictures(const EvaluateOptions& options, const ErrorStudy& study,
                  const ErrorSetting& setting, evaluate::EvaluationReport& report);

/// Adds --report, --compare, --at-least and related options.
void add_report_options(CLI::App& command, EvaluateOptions& options);

}  // namespace faceshot::cli
