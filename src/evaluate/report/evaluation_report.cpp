#include "evaluate/report/evaluation_report.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace faceshot::evaluate {
namespace {

using support::CurveChart;
using support::DocumentSection;
using support::Paragraph;
using support::Table;

constexpr std::array<double, 6> error_recalls{0.5, 0.6, 0.7, 0.8, 0.85, 0.9};

std::string decimal(double value, int digits = 4) { return fmt::format("{:.{}f}", value, digits); }

std::string with_commas(std::size_t value) {
  std::string text = std::to_string(value);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

DocumentSection summary_section(const EvaluationReport& report) {
  DocumentSection section{"summary", "Summary", {}};
  Table table{"Figures", {"figure", "value", "interval", "of"}, {}};
  table.columns[2] = fmt::format("{:g} % interval", 100 * report.bootstrap.confidence);
  bool intervals = false;
  for (const ReportFigure& f : report.figures) {
    intervals = intervals || f.interval.has_value();
    table.rows.push_back(
        {f.name, f.value ? decimal(*f.value) : "-",
         f.interval ? decimal(f.interval->low) + " to " + decimal(f.interval->high) : "", f.note});
  }
  section.blocks.emplace_back(std::move(table));
  if (report.thresholds) {
    const ThresholdRow& at = report.thresholds->recommended;
    section.blocks.emplace_back(
        Paragraph{fmt::format("Recommended threshold: {:.3g}. At this threshold {:.1f} % of the "
                              "faces of '{}' are detected, {:.1f} % of the detections are faces, "
                              "and there are {:.3g} false positives per image.",
                              at.at.threshold, 100 * at.at.recall, report.threshold_setting,
                              100 * at.at.precision, at.false_alarms_per_image)});
  }
  if (intervals)
    section.blocks.emplace_back(
        Paragraph{fmt::format("Intervals are by bootstrap over images ({} samples, seed {}): how "
                              "much a figure would vary with other photographs of the same kind.",
                              with_commas(report.bootstrap.samples), report.bootstrap.seed)});
  for (const std::string& note : report.notes) section.blocks.emplace_back(Paragraph{note});
  return section;
}

DocumentSection curve_section(const EvaluationReport& report) {
  DocumentSection section{"curves", "Curves", {}};
  for (const CurveChart& chart : report.charts) section.blocks.emplace_back(chart);
  return section;
}

Table part_table(const EvaluationReport& report, const PartTable& part) {
  Table table{"By " + part.title, {part.title, "images", "faces", "found", "recall"}, {}};
  if (part.of_images) {
    table.columns.emplace_back("false positives");
    for (const std::string& setting : report.settings) table.columns.push_back("AP " + setting);
  } else {
    table.columns.emplace_back("AP");
  }
  PartRow sum;
  for (const PartRow& row : part.rows) {
    std::vector<std::string> cells{row.name, with_commas(row.images), with_commas(row.faces),
                                   with_commas(row.found), decimal(row.recall(), 3)};
    if (part.of_images) cells.push_back(with_commas(row.false_alarms));
    for (const double ap : row.ap) cells.push_back(decimal(ap, 3));
    table.rows.push_back(std::move(cells));
    sum.images += row.images;
    sum.faces += row.faces;
    sum.found += row.found;
    sum.false_alarms += row.false_alarms;
  }
  std::vector<std::string> all{"all", part.of_images ? with_commas(sum.images) : "",
                               with_commas(sum.faces), with_commas(sum.found),
                               decimal(sum.recall(), 3)};
  if (part.of_images) all.push_back(with_commas(sum.false_alarms));
  all.resize(table.columns.size());
  table.marked = {table.rows.size()};
  table.rows.push_back(std::move(all));
  table.folded = part.rows.size() > 20;
  return table;
}

DocumentSection part_section(const EvaluationReport& report) {
  DocumentSection section{"parts", "By size, event and attribute", {}};
  if (report.parts.empty()) return section;
  section.blocks.emplace_back(Paragraph{
      fmt::format("Faces of '{}'; detected faces and false positives at score {:.3g} and above. "
                  "The parts add up to the whole, except for AP: a false positive belongs to no "
                  "face, so every part of the faces is charged with all of them.",
                  report.part_setting, report.part_score)});
  for (const PartTable& part : report.parts) section.blocks.emplace_back(part_table(report, part));
  return section;
}

DocumentSection threshold_section(const EvaluationReport& report) {
  DocumentSection section{"thresholds", "Thresholds", {}};
  if (!report.thresholds) return section;
  Table table{"Detections at or above a score, for the faces of '" + report.threshold_setting + "'",
              {"threshold", "recall", "precision", "F1", "false positives per image"},
              {}};
  std::vector<ThresholdRow> rows = report.thresholds->rows;
  const double best = report.thresholds->recommended.at.threshold;
  const auto place = std::find_if(rows.begin(), rows.end(), [&](const ThresholdRow& row) {
    return row.at.threshold > best - 1e-9;
  });
  const auto index = static_cast<std::size_t>(place - rows.begin());
  if (place == rows.end() || place->at.threshold > best + 1e-9)
    rows.insert(place, report.thresholds->recommended);
  for (const ThresholdRow& row : rows)
    table.rows.push_back({fmt::format("{:.3g}", row.at.threshold), decimal(row.at.recall, 3),
                          decimal(row.at.precision, 3), decimal(row.at.f1(), 3),
                          fmt::format("{:.3g}", row.false_alarms_per_image)});
  table.rows[index][0] += " (recommended)";
  table.marked = {index};
  section.blocks.emplace_back(std::move(table));
  section.blocks.emplace_back(
      Paragraph{"The recommended threshold is the roundest one whose F1 is within 0.005 of the "
                "best. Go lower if a missed face costs more than a false positive, higher if a "
                "false positive costs more."});
  return section;
}

DocumentSection calibration_section(const EvaluationReport& report) {
  DocumentSection section{"calibration", "Calibration", {}};
  if (!report.reliability) return section;
  const Reliability& r = *report.reliability;
  CurveChart chart{"Are scores probabilities?", "score", "share of faces", {}};
  chart.series.push_back({"ideal", {{0, 0, {}}, {1, 1, {}}}, true});
  support::ChartSeries series{"this detector", {}, false};
  for (const Reliability::Bin& bin : r.bins)
    if (bin.detections > 0)
      series.points.push_back(
          {bin.mean_score, bin.share_right, with_commas(bin.detections) + " detections"});
  chart.series.push_back(std::move(series));
  section.blocks.emplace_back(Paragraph{
      fmt::format("For the faces of '{}': expected calibration error {:.4f}, Brier score {:.4f}. "
                  "Above the dashed line the scores are underconfident, below it overconfident.",
                  report.part_setting, r.expected_error, r.brier_score)});
  section.blocks.emplace_back(std::move(chart));
  return section;
}

DocumentSection landmark_section(const EvaluationReport& report) {
  DocumentSection section{"landmarks", "Landmarks", {}};
  if (!report.landmarks_by_box || report.landmarks_by_box->faces == 0) return section;
  Table table{"Landmark error of detected faces",
              {"divided by", "faces", "NME", "left eye", "right eye", "nose", "left mouth corner",
               "right mouth corner", "failures", "area under CED"},
              {}};
  CurveChart chart{"Cumulative error distribution",
                   "error of a face",
                   "share of faces",
                   {},
                   {0, 2 * landmark_failure}};
  const auto add = [&](const char* name, const std::optional<LandmarkError>& error) {
    if (!error || error->faces == 0) return;
    std::vector<std::string> row{name, with_commas(error->faces), decimal(error->mean)};
    for (const double point : error->by_point) row.push_back(decimal(point));
    row.push_back(decimal(error->failures, 3));
    row.push_back(decimal(area_under_ced(*error), 3));
    table.rows.push_back(std::move(row));
    support::ChartSeries series{name, {}, false};
    for (int i = 0; i <= 100; ++i) {
      const double limit = i * 2 * landmark_failure / 100;
      series.points.push_back({limit, share_within(*error, limit), {}});
    }
    chart.series.push_back(std::move(series));
  };
  add("square root of the box area", report.landmarks_by_box);
  add("interocular distance", report.landmarks_by_eyes);
  section.blocks.emplace_back(std::move(table));
  section.blocks.emplace_back(std::move(chart));
  return section;
}

DocumentSection error_section(const EvaluationReport& report) {
  DocumentSection section{"errors", "Errors", {}};
  if (report.errors) {
    Table table{"False positives at several recalls of '" + report.errors->setting +
                    "', by shorter side in pixels",
                {"recall", "score"},
                {}};
    for (const auto kind : error_names)
      for (const char* const size : {" < 32", " 32 to 64", " > 64"})
        table.columns.push_back(std::string(kind) + size);
    for (const ErrorsAtRecall& e : report.errors->rows) {
      std::vector<std::string> row{fmt::format("{:.2f}", e.recall),
                                   e.score ? fmt::format("{:.3f}", *e.score) : "not reached"};
      for (const auto& sizes : e.counts)
        for (const std::size_t n : sizes) row.push_back(e.score ? with_commas(n) : "");
      table.rows.push_back(std::move(row));
    }
    section.blocks.emplace_back(std::move(table));
  }
  const auto gallery = [&](const char* text,
                           const std::vector<support::DocumentPicture>& pictures) {
    if (pictures.empty()) return;
    section.blocks.emplace_back(Paragraph{text});
    section.blocks.emplace_back(support::Gallery{pictures});
  };
  gallery(
      "The largest faces missed at a recall of 0.85. The face is thick green; red is the detection "
      "that overlaps it most, whatever its score.",
      report.missed);
  gallery(
      "The false positives with the highest scores. The detection is red; faces are green, with "
      "the most overlapping one thick and ignored ones dull. (Some are unlabelled faces.)",
      report.false_alarms);
  if (report.pictures_left_out)
    section.blocks.emplace_back(
        Paragraph{"Pictures of the worst errors were left out of this report."});
  return section;
}

DocumentSection run_section(const EvaluationReport& report) {
  DocumentSection section{"run", "Speed and settings", {}};
  const auto add = [&](const char* caption,
                       const std::vector<std::pair<std::string, std::string>>& facts) {
    if (facts.empty()) return;
    Table table{caption, {"what", "value"}, {}, {}, true};
    for (const auto& [what, how] : facts) table.rows.push_back({what, how});
    section.blocks.emplace_back(std::move(table));
  };
  add("Speed", report.speed);
  if (report.speed.empty())
    section.blocks.emplace_back(
        Paragraph{"Speed: unknown, since result files were scored and no network was run."});
  add("Run", report.run);
  return section;
}

std::string at_score(const CurvePoint& p) { return fmt::format("score {:.3g}", p.score); }

}  // namespace

void add_study(const JudgedSet& set, const std::vector<std::string>& names, std::size_t parts,
               std::size_t thresholds, EvaluationReport& report) {
  CurveChart precision{"Precision and recall", "recall", "precision", {}};
  CurveChart alarms{
      "Recall and false positives", "false positives per image", "recall", {}, {0.001, 10}};
  alarms.log_x = true;
  for (std::size_t s = 0; s < set.settings(); ++s) {
    support::ChartSeries pr{names[s], {}, false}, froc{names[s], {}, false};
    for (const CurvePoint& p : curve_of(set, s)) {
      pr.points.push_back({p.recall, p.precision, at_score(p)});
      if (p.false_alarms_per_image > 0)
        froc.points.push_back({p.false_alarms_per_image, p.recall, at_score(p)});
    }
    precision.series.push_back(std::move(pr));
    alarms.series.push_back(std::move(froc));
    report.settings.push_back(set.set().settings[s].name);
  }
  report.charts.push_back(std::move(precision));
  report.charts.push_back(std::move(alarms));
  report.threshold_setting = set.set().settings[thresholds].name;
  report.thresholds = threshold_table(set, thresholds);
  report.part_setting = set.set().settings[parts].name;
  report.part_score = report.thresholds->recommended.at.threshold;
  report.parts = {by_size(set, parts, report.part_score)};
  for (PartTable& table : by_attribute(set, parts, report.part_score))
    report.parts.push_back(std::move(table));
  PartTable events = by_event(set, parts, report.part_score);
  if (events.rows.size() > 1) report.parts.push_back(std::move(events));
  if (const auto scores = judged_scores(set, parts); !scores.empty())
    report.reliability = reliability(scores);
  report.errors = {report.threshold_setting,
                   errors_at(set.judgement(thresholds), set.views(thresholds), error_recalls)};
}

support::Document report_document(const EvaluationReport& report) {
  support::Document document{report.title, report.lede, {}};
  for (DocumentSection section :
       {summary_section(report), curve_section(report), part_section(report),
        threshold_section(report), calibration_section(report), landmark_section(report),
        error_section(report), run_section(report)})
    if (!section.blocks.empty()) document.sections.push_back(std::move(section));
  return document;
}

}  // namespace faceshot::evaluate
