#include <nlohmann/json.hpp>

#include "evaluate/report/evaluation_report.hpp"

namespace faceshot::evaluate {
namespace {

using Json = nlohmann::ordered_json;

Json figure_json(const ReportFigure& figure) {
  Json json{{"value", figure.value ? Json(*figure.value) : Json()}};
  if (figure.interval) json["interval"] = {figure.interval->low, figure.interval->high};
  return json;
}

Json threshold_json(const ThresholdRow& row) {
  return {{"threshold", row.at.threshold},
          {"recall", row.at.recall},
          {"precision", row.at.precision},
          {"f1", row.at.f1()},
          {"false_alarms_per_image", row.false_alarms_per_image}};
}

Json part_json(const EvaluationReport& report, const PartTable& table) {
  Json rows = Json::array();
  for (const PartRow& row : table.rows) {
    Json json{{"name", row.name},
              {"images", row.images},
              {"faces", row.faces},
              {"found", row.found},
              {"recall", row.recall()}};
    if (table.of_images) {
      json["false_alarms"] = row.false_alarms;
      for (std::size_t s = 0; s < row.ap.size(); ++s) json["ap"][report.settings[s]] = row.ap[s];
    } else {
      json["ap"] = row.ap.front();
    }
    rows.push_back(std::move(json));
  }
  return rows;
}

Json landmark_json(const LandmarkError& error) {
  return {{"faces", error.faces},
          {"left_out", error.left_out},
          {"nme", error.mean},
          {"by_point", error.by_point},
          {"failure_rate", error.failures},
          {"area_under_ced", area_under_ced(error)}};
}

}  // namespace

Json report_json(const EvaluationReport& report) {
  Json json;
  for (const ReportFigure& figure : report.figures)
    json["figures"][figure.key] = figure_json(figure);
  json["bootstrap"] = {{"samples", report.bootstrap.samples},
                       {"seed", report.bootstrap.seed},
                       {"confidence", report.bootstrap.confidence}};
  if (!report.parts.empty()) {
    json["parts"] = {{"setting", report.part_setting}, {"score", report.part_score}};
    for (const PartTable& table : report.parts)
      json["parts"][table.title] = part_json(report, table);
  }
  if (report.thresholds) {
    json["thresholds"] = {{"setting", report.threshold_setting},
                          {"recommended", threshold_json(report.thresholds->recommended)},
                          {"rows", Json::array()}};
    for (const ThresholdRow& row : report.thresholds->rows)
      json["thresholds"]["rows"].push_back(threshold_json(row));
  }
  if (report.reliability) {
    json["calibration"] = {{"expected_calibration_error", report.reliability->expected_error},
                           {"brier_score", report.reliability->brier_score},
                           {"bins", Json::array()}};
    for (const Reliability::Bin& bin : report.reliability->bins)
      json["calibration"]["bins"].push_back({{"detections", bin.detections},
                                             {"mean_score", bin.mean_score},
                                             {"share_right", bin.share_right}});
  }
  if (report.landmarks_by_box)
    json["landmark_errors"]["by_box"] = landmark_json(*report.landmarks_by_box);
  if (report.landmarks_by_eyes)
    json["landmark_errors"]["by_eyes"] = landmark_json(*report.landmarks_by_eyes);
  return json;
}

}  // namespace faceshot::evaluate
