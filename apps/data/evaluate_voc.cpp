// `faceshot evaluate --protocol voc`: a network on a prepared set, against the set's own labels.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "common/console.hpp"
#include "evaluate/by_class.hpp"
#include "evaluate/comparison.hpp"
#include "evaluate/result_files.hpp"
#include "evaluate_errors.hpp"
#include "evaluate_finish.hpp"
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
                          "; false positives are counted on sets without faces");
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

std::string heights_text(const evaluate::ApByHeight& heights) {
  std::string text;
  for (const evaluate::HeightAp& h : heights.of) {
    text += fmt::format("AP from {} px up     ", h.height);
    text += h.faces > 0 ? fmt::format("{:.4f}  ({} faces)\n", h.ap, h.faces) : "-\n";
  }
  return text + fmt::format("mean of these        {:.4f}\n", heights.mean);
}

evaluate::Confusion confusion_in(const std::vector<std::string>& classes, const Scored& scored,
                                 const EvaluateOptions& o) {
  return evaluate::confusion_of(scored.set.records, scored.detections, classes.size(),
                                static_cast<float>(*o.score));
}

/// Figures by class, and the confusion matrix.
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
          {"confusion_rows", "ground truth: the classes, then background"},
          {"confusion_columns", "detections: the classes, then nothing"}};
}

std::string classes_text(const std::vector<std::string>& classes,
                         const evaluate::ClassFigures& figures, const Scored& scored,
                         const EvaluateOptions& o) {
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
  text += fmt::format("\nDetections (columns) for ground truth (rows), at score {:.2f}:\n{:<{}}",
                      *o.score, "", width);
  for (const std::string& name : columns) text += fmt::format("  {:>7}", name);
  const evaluate::Confusion confusion = confusion_in(classes, scored, o);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    text += fmt::format("\n{:<{}}", rows[r], width);
    for (std::size_t c = 0; c < columns.size(); ++c)
      text +=
          fmt::format("  {:>{}}", confusion.at(r, c), std::max<std::size_t>(columns[c].size(), 7));
  }
  return text + "\n\n";
}

std::string alarms_text(const FalseAlarms& alarms) {
  return fmt::format(
      "false positives      {:.4g} per image of {}  at score {:.4f}, recall {:.4f} of faces from "
      "{} px up{}\n",
      alarms.per_image(), alarms.images(), alarms.point().score, alarms.point().recall,
      evaluate::alarm_height,
      alarms.point().recall < evaluate::alarm_recall ? "; a recall of 0.85 is not reached" : "");
}

/// Everything computed for a set.
struct VocResult {
  std::vector<std::string> classes;
  Scored scored;
  evaluate::ByClass by_class;
  std::optional<Comparison> comparison;
  evaluate::ClassFigures figures;
  double eleven_points = 0;
  std::optional<FalseAlarms> alarms;
  evaluate::LandmarkError by_eyes;
  ErrorStudy study;  ///< refers to this object
};

/// @param r empty
void compute(const EvaluateOptions& o, VocResult& r) {
  std::optional<Detector> detector;
  if (o.detections.empty()) detector = open_detector(o);
  r.scored = detector ? run_detector(*detector, o) : read_detections_of(o.detections, o.data);
  r.classes = detector ? detector->info().classes : std::vector<std::string>{"face"};
  r.by_class = evaluate::by_class(r.scored.set.records, r.scored.detections, r.classes.size());
  r.comparison.emplace(r.by_class.records, r.by_class.detections, o.min_face);
  r.figures = evaluate::figures_by_class(*r.comparison, r.by_class, static_cast<float>(*o.score),
                                         o.min_face);
  r.eleven_points = evaluate::mean_over_classes(*r.comparison, r.by_class, [](auto images) {
    return evaluate::eleven_point_precision(images);
  });
  if (detector && !o.negatives.empty()) r.alarms = count_false_alarms(*detector, o, *r.comparison);
  r.by_eyes = evaluate::landmark_error(r.comparison->landmark_pairs(static_cast<float>(*o.score)),
                                       evaluate::LandmarkScale::eyes);
  r.study = prepared_study(r.scored, r.by_class);
}

nlohmann::ordered_json landmark_json(const evaluate::LandmarkError& error,
                                     const evaluate::LandmarkError& by_eyes) {
  return {{"faces", error.faces},
          {"nme", error.mean},
          {"normalised_by", "sqrt(width * height) of the labelled box"},
          {"by_point", error.by_point},
          {"share_above_0.1", error.failures},
          {"area_under_ced", evaluate::area_under_ced(error)},
          {"by_eyes",
           {{"faces", by_eyes.faces},
            {"nme", by_eyes.mean},
            {"share_above_0.1", by_eyes.failures},
            {"area_under_ced", evaluate::area_under_ced(by_eyes)}}}};
}

nlohmann::ordered_json voc_json(const VocResult& r, const EvaluateOptions& o) {
  const evaluate::SetFigures& figures = r.figures.all;
  const evaluate::OperatingPoint& point = figures.shown;
  nlohmann::ordered_json report{{"protocol", "voc"},
                                {"ap", figures.ap},
                                {"ap_11_points", r.eleven_points},
                                {"iou", 0.5},
                                {"ap_by_height", to_json(figures.by_height)},
                                {"ap_mean", figures.by_height.mean},
                                {"images", r.scored.set.records.size()},
                                {"faces", point.faces},
                                {"score", *o.score},
                                {"recall", point.recall()},
                                {"precision", point.precision()},
                                {"found", point.found},
                                {"false_alarms", point.false_alarms}};
  if (r.classes.size() > 1) report["classes"] = class_json(r.classes, r.figures, r.scored, o);
  if (r.alarms)
    report["negatives"] = {{"images", r.alarms->images()},
                           {"score", r.alarms->point().score},
                           {"recall", r.alarms->point().recall},
                           {"from_height", evaluate::alarm_height},
                           {"false_alarms_per_image", r.alarms->per_image()}};
  if (figures.points.faces > 0) report["landmarks"] = landmark_json(figures.points, r.by_eyes);
  report["errors"] = error_json(r.study);
  report.update(r.scored.run);
  return report;
}

std::string voc_text(const VocResult& r, const ErrorSetting& setting, const EvaluateOptions& o) {
  const evaluate::SetFigures& figures = r.figures.all;
  const evaluate::OperatingPoint& point = figures.shown;
  std::string text = fmt::format("{:<21}{:.4f}\n{:<21}{:.4f}\n",
                                 r.classes.size() > 1 ? "mAP at IoU 0.5" : "AP at IoU 0.5",
                                 figures.ap, "at 11 points", r.eleven_points);
  text += heights_text(figures.by_height);
  text += fmt::format(
      "at score {:.2f}        recall {:.4f}  precision {:.4f}  ({} of {} faces, {} false "
      "positives)\n",
      *o.score, point.recall(), point.precision(), point.found, point.faces, point.false_alarms);
  if (r.classes.size() > 1) text += classes_text(r.classes, r.figures, r.scored, o);
  if (r.alarms) text += alarms_text(*r.alarms);
  const evaluate::LandmarkError& error = figures.points;
  if (error.faces > 0)
    text += fmt::format(
        "landmarks            NME {:.4f} of sqrt(box area)  over {} detected faces  ({:.1f}% above "
        "0.1)\n"
        "                     NME {:.4f} of the interocular distance  over {}  ({:.1f}% above "
        "0.1)\n",
        error.mean, error.faces, 100 * error.failures, r.by_eyes.mean, r.by_eyes.faces,
        100 * r.by_eyes.failures);
  text += "\n" + error_table(r.study, setting) + "\n" + speed_text(r.scored, o);
  if (!o.errors.empty())
    text += "sheets of the worst errors, and errors.csv, are in " + o.errors.string() + "\n";
  return text;
}

/// The JSON key of "50px" is "from_50px", its label "AP from 50 px up".
std::string setting_key(const std::string& setting) {
  return setting == "all" ? "all" : "from_" + setting;
}
std::string setting_name(const std::string& setting) {
  return setting == "all" ? "AP of all faces"
                          : "AP from " + setting.substr(0, setting.size() - 2) + " px up";
}

evaluate::EvaluationReport voc_report(const VocResult& r, const ErrorSetting& setting,
                                      const EvaluateOptions& o) {
  evaluate::EvaluationReport report;
  report.title = r.scored.title;
  report.lede = fmt::format("PASCAL VOC's protocol on {} images, {} faces",
                            r.scored.set.records.size(), r.figures.all.shown.faces);
  report.bootstrap = bootstrap_options(o);
  const evaluate::JudgedSet judged(r.study, evaluate::ApKind::ranked, {});
  std::vector<evaluate::ApSampler> samplers{evaluate::ApSampler::voc(r.comparison->images())};
  std::vector<std::string> names;
  for (std::size_t s = 0; s < judged.settings(); ++s) {
    samplers.push_back(judged.sampler(s));
    names.push_back(setting_name(r.study.settings[s].name));
  }
  const auto intervals = evaluate::bootstrap(samplers, report.bootstrap);
  const bool many = r.classes.size() > 1;
  report.figures.push_back({"ap", many ? "mAP at IoU 0.5" : "AP at IoU 0.5", r.figures.all.ap,
                            many ? std::nullopt : std::optional(intervals[0]), "all points"});
  report.figures.push_back({"ap_11_points", "AP at IoU 0.5", r.eleven_points, {}, "11 points"});
  for (std::size_t s = 0; s + 1 < judged.settings(); ++s) {
    const std::size_t faces = judged.judgement(s).faces;
    evaluate::ReportFigure figure{
        setting_key(r.study.settings[s].name), names[s], {}, {}, std::to_string(faces) + " faces"};
    if (faces > 0 && !many) {
      figure.value = intervals[s + 1].value;
      figure.interval = intervals[s + 1];
    }
    report.figures.push_back(std::move(figure));
  }
  const auto place = static_cast<std::size_t>(&setting - r.study.settings.data());
  add_study(judged, names, judged.settings() - 1, place, report);
  report.landmarks_by_box = r.figures.all.points;
  report.landmarks_by_eyes = r.by_eyes;
  if (r.alarms) report.notes.push_back("On photographs without faces: " + alarms_text(*r.alarms));
  report.speed = speed_facts(r.scored);
  report.run = run_facts(r.scored);
  add_pictures(o, r.study, setting, report);
  return report;
}

std::vector<NamedFigure> voc_figures(const VocResult& r) {
  const evaluate::SetFigures& figures = r.figures.all;
  std::vector<NamedFigure> named{{"ap", figures.ap}, {"ap_11_points", r.eleven_points}};
  for (const evaluate::HeightAp& h : figures.by_height.of)
    named.emplace_back(fmt::format("from_{}px", h.height),
                       h.faces > 0 ? std::optional(h.ap) : std::nullopt);
  named.emplace_back("mean", figures.by_height.mean);
  named.emplace_back("recall", figures.shown.recall());
  named.emplace_back("precision", figures.shown.precision());
  return named;
}

/// The score above which `detect` would report the network's detections.
double usual_score(const EvaluateOptions& o) {
  std::optional<float> own;
  if (o.detections.empty()) own = open_detector(o).info().default_threshold;
  // As in the file, not the nearest float.
  return std::round(1e6 * static_cast<double>(own.value_or(default_score_threshold))) / 1e6;
}

}  // namespace

int evaluate_voc(const EvaluateOptions& given) {
  if (given.data.empty())
    throw Error(ErrorCode::invalid_argument,
                "evaluate --protocol voc needs --data, a prepared set with labels");
  EvaluateOptions o = given;
  if (!o.score) o.score = usual_score(o);
  VocResult result;
  compute(o, result);
  const ErrorSetting& setting =
      find_setting(result.study, o.errors_on.empty() ? "50px" : o.errors_on);
  if (!o.errors.empty()) write_error_sheets(result.study, setting, o.errors);
  Evaluation evaluation;
  evaluation.figures = voc_figures(result);
  evaluation.json = voc_json(result, o);
  evaluation.text = voc_text(result, setting, o);
  if (!o.out.empty()) {
    support::make_folder(o.out);
    support::write_file_atomically(o.out / "report.json", evaluation.json.dump(1) + "\n");
    if (o.detections.empty())
      evaluate::write_result_files(o.out / "detections", result.scored.images);
  }
  std::optional<evaluate::EvaluationReport> report;
  if (!o.reports.empty()) report = voc_report(result, setting, o);
  evaluation.document = [&] { return evaluate::report_document(*report); };
  evaluation.details = [&] { return evaluate::report_json(*report); };
  return finish(o, evaluation);
}

}  // namespace faceshot::cli
