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
  std::string name;  ///< for people: "AP easy"
  std::optional<double> value;
  std::optional<Interval> interval;
  std::string note;  ///< "7,211 faces"
};

/// False positives at a recall, as error tables have them.
struct ReportErrors {
  std::string setting;
  std::vector<ErrorsAtRecall> rows;
};

struct EvaluationReport {
  std::string title;  ///< what was measured
  std::string lede;   ///< on what, by which protocol
  std::vector<ReportFigure> figures;
  BootstrapOptions bootstrap;  ///< that the intervals are of
  std::vector<support::CurveChart> charts;
  /// Of parts: the settings that APs of events are of, whose faces are counted, from which score
  /// on.
  std::vector<std::string> settings;
  std::string part_setting;
  double part_score = 0;
  std::vector<PartTable> parts;
  std::string threshold_setting;  ///< whose faces thresholds and errors are about
  std::optional<ThresholdTable> thresholds;
  std::optional<Reliability> reliability;
  std::optional<LandmarkError> landmarks_by_box, landmarks_by_eyes;
  std::optional<ReportErrors> errors;
  std::vector<support::DocumentPicture> missed, false_alarms;
  bool pictures_left_out = false;
  std::vector<std::pair<std::string, std::string>> speed, run;  ///< what and how
  std::vector<std::string> notes;
};

/// What can be read from a judged set: intervals of its settings' APs, curves, parts, thresholds,
/// reliability, errors. @param names of the settings for people, as many as there are
/// @param parts setting whose faces parts and reliability are about @param thresholds setting of
/// the
///        rest
void add_study(const JudgedSet& set, const std::vector<std::string>& names, std::size_t parts,
               std::size_t thresholds, EvaluationReport& report);

/// The whole, in the order in which one reads it. Sections without content are left out.
[[nodiscard]] support::Document report_document(const EvaluationReport& report);

/// The same for programs: keys in docs/evaluation.md.
[[nodiscard]] nlohmann::ordered_json report_json(const EvaluationReport& report);

}  // namespace faceshot::evaluate
