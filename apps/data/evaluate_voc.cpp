// `faceshot evaluate --protocol voc`: a network on a prepared set, against the set's own labels.
#include <fmt/format.h>
#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "common/console.hpp"
#include "evaluate/by_class.hpp"
#include "evaluate/comparison.hpp"
#include "evaluate/result_files.hpp"
#include "evaluate_errors.hpp"
#include "evaluate_parts.hpp"
#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"

namespace faceshot::cli {
namespace {

using evaluate::Comparison;
using evaluate::FalseAlarms;

/// @throws Error(invalid_argument) for a set with a face
FalseAlarms count_false_alarms(const Detector& detector, const EvaluateOptions& o,
                               const Comparison& faces) {
  FalseAlarms alarms(faces);
  for (const auto& path : o.negatives) {
    const data::PreparedSet set = read_data(path);
    for (const geometry::ImageRecord& record : set.records)
      for (const geometry::Annotation& a : record.annotations)
        if (!a.ignore)
          throw Error(ErrorCode::invalid_argument,
                      "--negatives: '" + path.string() + "' has a face in " + record.image +
                          "; false alarms are counted on sets without faces");
    alarms.add(Comparison(set.records, detect_all(detector, set, o)));
  }
  return alarms;
}

nlohmann::ordered_json to_json(const evaluate::ApByHeight& heights) {
  nlohmann::ordered_json json;
  for (const evaluate::HeightAp& h : heights.of)
    json.push_back({{"from_height", h.height},
                    {"faces", h.faces},
                    {"ap", h.faces > 0 ? nlohmann::ordered_json(h.ap) : nlohmann::ordered_json()}});
  return json;
}

void print_heights(const evaluate::ApByHeight& heights) {
  for (const evaluate::HeightAp& h : heights.of) {
    std::printf("AP from %d px up     ", h.height);
    if (h.faces > 0)
      std::printf("%.4f  (%zu faces)\n", h.ap, h.faces);
    else
      std::printf("-\n");
  }
  std::printf("mean of these        %.4f\n", heights.mean);
}

evaluate::Confusion confusion_in(const std::vector<std::string>& classes, const Scored& scored,
                                 const EvaluateOptions& o) {
  return evaluate::confusion_of(scored.set.records, scored.detections, classes.size(),
                                static_cast<float>(o.score));
}

/// Figures by class, and which is taken for which.
nlohmann::ordered_json class_json(const std::vector<std::string>& classes,
                                  const evaluate::ClassFigures& figures, const Scored& scored,
                                  const EvaluateOptions& o) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const evaluate::SetFigures& of = figures.of[c];
    list.push_back({{"name", classes[c]},
                    {"ap", of.ap},
                    {"faces", of.shown.faces},
                    {"recall", of.shown.recall()},
                    {"precision", of.shown.precision()}});
  }
  const evaluate::Confusion confusion = confusion_in(classes, scored, o);
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (std::size_t r = 0; r <= classes.size(); ++r)
    rows.push_back(std::vector<std::size_t>(
        confusion.counts.begin() + static_cast<std::ptrdiff_t>(r * (classes.size() + 1)),
        confusion.counts.begin() + static_cast<std::ptrdiff_t>((r + 1) * (classes.size() + 1))));
  return {{"of", list},
          {"confusion", rows},
          {"confusion_rows", "what is there: the classes, then background"},
          {"confusion_columns", "what was shown: the classes, then nothing"}};
}

void print_classes(const std::vector<std::string>& classes, const evaluate::ClassFigures& figures,
                   const Scored& scored, const EvaluateOptions& o) {
  std::vector<std::string> rows = classes, columns = classes;
  rows.emplace_back("background");
  columns.emplace_back("nothing");
  std::size_t width = 0;
  for (const std::string& name : rows) width = std::max(width, name.size());
  std::string text = fmt::format("\n{:<{}}      AP   faces  recall  precision\n", "class", width);
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const evaluate::SetFigures& of = figures.of[c];
    text += fmt::format("{:<{}}  {:.4f}  {:6}  {:.4f}     {:.4f}\n", classes[c], width, of.ap,
                        of.shown.faces, of.shown.recall(), of.shown.precision());
  }
  text +=
      fmt::format("\nWhat was shown (across) for what is there (down), at score {:.2f}:\n{:<{}}",
                  o.score, "", width);
  for (const std::string& name : columns) text += fmt::format("  {:>7}", name);
  const evaluate::Confusion confusion = confusion_in(classes, scored, o);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    text += fmt::format("\n{:<{}}", rows[r], width);
    for (std::size_t c = 0; c < columns.size(); ++c)
      text +=
          fmt::format("  {:>{}}", confusion.at(r, c), std::max<std::size_t>(columns[c].size(), 7));
  }
  std::printf("%s\n\n", text.c_str());
}

void print_alarms(const FalseAlarms& alarms) {
  std::printf(
      "false alarms         %.4g an image of %zu  at score %.4f, recall %.4f of faces from %d"
      " px up%s\n",
      alarms.per_image(), alarms.images(), alarms.point().score, alarms.point().recall,
      evaluate::alarm_height,
      alarms.point().recall < evaluate::alarm_recall ? "; 0.85 is not reached" : "");
}

}  // namespace

int evaluate_voc(const EvaluateOptions& o) {
  if (o.data.empty())
    throw Error(ErrorCode::invalid_argument,
                "evaluate --protocol voc takes the labels of --data, a prepared set");
  std::optional<Detector> detector;
  if (o.detections.empty()) detector = open_detector(o);
  const Scored scored =
      detector ? run_detector(*detector, o) : read_detections_of(o.detections, o.data);
  const std::vector<std::string> classes =
      detector ? detector->info().classes : std::vector<std::string>{"face"};
  const evaluate::ByClass by_class =
      evaluate::by_class(scored.set.records, scored.detections, classes.size());
  const Comparison comparison(by_class.records, by_class.detections, o.min_face);
  const evaluate::ClassFigures of_classes =
      evaluate::figures_by_class(comparison, by_class, static_cast<float>(o.score), o.min_face);
  const evaluate::SetFigures& figures = of_classes.all;
  const evaluate::OperatingPoint& point = figures.shown;
  nlohmann::ordered_json report{{"protocol", "voc"},
                                {"ap", figures.ap},
                                {"iou", 0.5},
                                {"ap_by_height", to_json(figures.by_height)},
                                {"ap_mean", figures.by_height.mean},
                                {"images", scored.set.records.size()},
                                {"faces", point.faces},
                                {"score", o.score},
                                {"recall", point.recall()},
                                {"precision", point.precision()},
                                {"found", point.found},
                                {"false_alarms", point.false_alarms}};
  if (classes.size() > 1) report["classes"] = class_json(classes, of_classes, scored, o);
  std::optional<FalseAlarms> alarms;
  if (detector && !o.negatives.empty()) {
    alarms = count_false_alarms(*detector, o, comparison);
    report["negatives"] = {{"images", alarms->images()},
                           {"score", alarms->point().score},
                           {"recall", alarms->point().recall},
                           {"from_height", evaluate::alarm_height},
                           {"false_alarms_per_image", alarms->per_image()}};
  }
  const evaluate::LandmarkError& error = figures.points;
  if (error.faces > 0)
    report["landmarks"] = {{"faces", error.faces},
                           {"nme", error.mean},
                           {"normalised_by", "sqrt(width * height) of the labelled box"},
                           {"by_point", error.by_point},
                           {"share_above_0.1", error.failures}};
  const ErrorStudy study = prepared_study(scored);
  const ErrorSetting& setting = find_setting(study, o.errors_on.empty() ? "50px" : o.errors_on);
  if (!o.errors.empty()) write_error_sheets(study, setting, o.errors);
  report["errors"] = error_json(study);
  report.update(scored.run);
  if (!o.out.empty()) {
    support::make_folder(o.out);
    support::write_file_atomically(o.out / "report.json", report.dump(1) + "\n");
    if (detector) evaluate::write_result_files(o.out / "detections", scored.images);
  }
  if (o.json) {
    std::printf("%s\n", report.dump(2).c_str());
    return exit_ok;
  }
  std::printf("%-21s%.4f\n", classes.size() > 1 ? "mAP at IoU 0.5" : "AP at IoU 0.5", figures.ap);
  print_heights(figures.by_height);
  std::printf(
      "at score %.2f        recall %.4f  precision %.4f  (%zu of %zu faces, %zu false alarms)\n",
      o.score, point.recall(), point.precision(), point.found, point.faces, point.false_alarms);
  if (classes.size() > 1) print_classes(classes, of_classes, scored, o);
  if (alarms) print_alarms(*alarms);
  if (error.faces > 0)
    std::printf(
        "landmarks            NME %.4f of sqrt(box area)  over %zu faces found  (%.1f%% above "
        "0.1)\n",
        error.mean, error.faces, 100 * error.failures);
  std::printf("\n%s\n", error_table(study, setting).c_str());
  print_speed(scored, o);
  if (!o.errors.empty())
    std::printf("sheets of the worst errors, and errors.csv, are in %s\n",
                o.errors.string().c_str());
  return exit_ok;
}

}  // namespace faceshot::cli
