// The content of a report on a detector, and the document.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "evaluate/landmark_error.hpp"
#include "evaluate/study/bootstrap.hpp"
#include "evaluate/study/judged_set.hpp"
#include "evaluate/study/parts.hpp"
#include "evaluate/study/score_quality.hpp"
#include "support/document.hpp"

namespace faceshot::evaluate {

struct ReportFigure {
  std::string key;   ///< for programs: "easy", "from_50px"
  std::string name;  ///< for users: "AP easy"
  std::optional<double> value;
  std::optional<Interval> interval;
  std::string note;  ///< "7,211 faces"
};

/// False positives at a recall, for error tables.
struct ReportErrors {
  std::string setting;
  std::vector<ErrorsAtRecall> rows;
};

struct EvaluationReport {
  std::string title;  ///< what was measured
  std::string lede;   ///< data set and protocol
  std::vector<ReportFigure> figures;
  BootstrapOptions bootstrap;  ///< of the intervals
  std::vector<support::CurveChart> charts;
  /// Of parts: the settings of the events' APs, whose faces are counted, and the threshold.
  std::vector<std::string> settings;
  std::string part_setting;
  double part_score = 0;
  std::vector<PartTable> parts;
  std::string threshold_setting;  ///< setting of thresholds and errors
  std::optional<ThresholdTable> thresholds;
  std::optional<Reliability> reliability;
  std::optional<LandmarkError> landmarks_by_box, landmarks_by_eyes;
  std::optional<ReportErrors> errors;
  std::vector<support::DocumentPicture> missed, false_alarms;
  bool pictures_left_out = false;
  std::vector<std::pair<std::string, std::string>> speed, run;  ///< pairs of name and value
  std::vector<std::string> notes;
};

/// Derived from a judged set: intervals of its settings' APs, curves, parts, thresholds,
/// reliability, errors. @param names of the settings for users, as many as there are
/// @param parts setting for parts and reliability @param thresholds setting for the rest
void add_study(const JudgedSet& set, const std::vector<std::string>& names, std::size_t parts,
               std::size_t thresholds, EvaluationReport& report);

/// The whole report, in reading order. Sections without content are omitted.
[[nodiscard]] support::Document report_document(const EvaluationReport& report);

/// The same for programs: keys in docs/evaluation.md.
[[nodiscard]] nlohmann::ordered_json report_json(const EvaluationReport& report);

}  // namespace faceshot::evaluate
