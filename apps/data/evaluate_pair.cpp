// `faceshot evaluate --compare A B`: two detectors on the same images.
#include <fmt/format.h>

#include "evaluate/comparison.hpp"
#include "evaluate/report/comparison_report.hpp"
#include "evaluate/study/judged_set.hpp"
#include "evaluate/study/parts.hpp"
#include "evaluate_finish.hpp"
#include "faceshot/error.hpp"

namespace faceshot::cli {
namespace {

using evaluate::ComparisonReport;

/// The options for evaluating only this one.
EvaluateOptions options_of(const EvaluateOptions& o, const std::string& which) {
  EvaluateOptions one = o;
  if (std::filesystem::is_directory(which)) {
    one.detections = which;
    if (o.protocol == "widerface") one.data.clear();
  } else if (std::filesystem::path(which).extension() == ".onnx") {
    one.model = which;
    if (o.data.empty())
      throw Error(ErrorCode::invalid_argument,
                  "--compare " + which + ": running a network needs --data");
  } else {
    throw Error(ErrorCode::invalid_argument,
                "--compare " + which + ": neither a folder of result files nor an ONNX file");
  }
  return one;
}

/// One of the two, judged.
struct Side {
  Scored scored;
  evaluate::ByClass by_class;
  ErrorStudy study;
  std::optional<evaluate::JudgedSet> judged;
  std::vector<evaluate::ApSampler> samplers;
  std::vector<std::string> keys, names;  ///< of the samplers
};

void judge_wider(const evaluate::WiderGroundTruth& truth, Side& side) {
  const evaluate::WiderResult result = evaluate::evaluate_wider(truth, side.scored.images);
  side.study = wider_study(truth, side.scored, {});
  side.judged.emplace(side.study, evaluate::ApKind::wider, result.scores);
  for (std::size_t s = 0; s < side.judged->settings(); ++s) {
    side.samplers.push_back(side.judged->sampler(s));
    side.keys.emplace_back(evaluate::wider_settings[s]);
    side.names.push_back("AP " + side.keys.back());
  }
}

void judge_voc(const EvaluateOptions& o, Side& side) {
  side.by_class = evaluate::by_class(side.scored.set.records, side.scored.detections, 1);
  side.study = prepared_study(side.scored, side.by_class);
  side.judged.emplace(side.study, evaluate::ApKind::ranked, evaluate::ScoreRange{});
  const evaluate::Comparison all(side.by_class.records, side.by_class.detections, o.min_face);
  side.samplers.push_back(evaluate::ApSampler::voc(all.images()));
  side.keys = {"ap"};
  side.names = {"AP"};
  for (std::size_t s = 0; s + 1 < side.judged->settings(); ++s) {
    side.samplers.push_back(side.judged->sampler(s));
    side.keys.push_back("from_" + side.study.settings[s].name);
    side.names.push_back("AP from " + side.study.settings[s].name);
  }
}

void require_same_images(const Side& a, const Side& b, const EvaluateOptions& o) {
  if (a.study.names.empty())
    throw Error(ErrorCode::invalid_argument,
                "--compare: none of the images of " + o.compare[0] + " is in the ground truth");
  for (std::size_t i = 0; i < std::max(a.study.names.size(), b.study.names.size()); ++i) {
    const bool in_a = i < a.study.names.size(), in_b = i < b.study.names.size();
    if (in_a && in_b && a.study.names[i] == b.study.names[i]) continue;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("--compare: {} covers {} images of the ground truth, {} covers {}; "
                            "they must cover the same images; the first difference is {}",
                            o.compare[0], a.study.names.size(), o.compare[1], b.study.names.size(),
                            in_a ? a.study.names[i] : b.study.names[i]));
  }
}

/// Both detectors' figures for one kind of parts, side by side.
support::Table table_of(const evaluate::PartTable& a, const evaluate::PartTable& b,
                        const std::string& setting) {
  support::Table table{"By " + a.title + ": AP of the faces of '" + setting + "'",
                       {a.title, "faces", "a", "b", "b - a"},
                       {}};
  for (std::size_t r = 0; r < a.rows.size(); ++r) {
    const double of_a = a.rows[r].ap.back(), of_b = b.rows[r].ap.back();
    table.rows.push_back({a.rows[r].name, std::to_string(a.rows[r].faces),
                          fmt::format("{:.3f}", of_a), fmt::format("{:.3f}", of_b),
                          fmt::format("{:+.3f}", of_b - of_a)});
  }
  table.folded = table.rows.size() > 20;
  return table;
}

void add_parts(const Side& a, const Side& b, ComparisonReport& report) {
  const std::size_t last = a.judged->settings() - 1;
  const std::string& setting = a.study.settings[last].name;
  const auto tables = [&](const evaluate::JudgedSet& set) {
    std::vector<evaluate::PartTable> all{by_size(set, last, 0)};
    for (evaluate::PartTable& table : by_attribute(set, last, 0)) all.push_back(std::move(table));
    all.push_back(by_event(set, last, 0));
    return all;
  };
  const auto of_a = tables(*a.judged), of_b = tables(*b.judged);
  for (std::size_t t = 0; t < of_a.size(); ++t)
    report.tables.push_back(table_of(of_a[t], of_b[t], setting));
}

void add_curves(const Side& a, const Side& b, ComparisonReport& report) {
  for (std::size_t s = 0; s < a.judged->settings(); ++s) {
    support::CurveChart chart{
        "Precision and recall, " + a.study.settings[s].name, "recall", "precision", {}};
    for (const Side* side : {&a, &b}) {
      support::ChartSeries series{side == &a ? "a: " + report.a : "b: " + report.b, {}};
      for (const evaluate::CurvePoint& p : curve_of(*side->judged, s, 120))
        series.points.push_back({p.recall, p.precision, fmt::format("score {:.3g}", p.score)});
      chart.series.push_back(std::move(series));
    }
    report.charts.push_back(std::move(chart));
  }
}

void name_sides(const EvaluateOptions& o, const Side& a, const Side& b, ComparisonReport& report) {
  report.a = a.scored.title;
  report.b = b.scored.title;
  if (report.a != report.b) return;
  report.a = o.compare[0];
  report.b = o.compare[1];
}

}  // namespace

int evaluate_pair(const EvaluateOptions& o) {
  const bool wider = o.protocol == "widerface";
  if (!wider && o.protocol != "voc")
    throw Error(ErrorCode::invalid_argument, "--compare needs --protocol widerface or voc");
  if (!o.detections.empty() || !o.model.empty() || !o.errors.empty() || !o.out.empty())
    throw Error(
        ErrorCode::invalid_argument,
        "--compare names both detectors; leave out --detections, --model, --errors and --out");
  if (!o.at_least.empty())
    throw Error(ErrorCode::invalid_argument,
                "--at-least applies to one detector and cannot be combined with --compare");
  if (wider ? o.ground_truth.empty() : o.data.empty())
    throw Error(ErrorCode::invalid_argument,
                wider ? "--compare needs --ground-truth, the folder with WIDER FACE's .mat files, "
                        "or --protocol voc, which uses the labels of --data"
                      : "--compare with --protocol voc needs --data, a prepared set");
  const EvaluateOptions first = options_of(o, o.compare[0]), second = options_of(o, o.compare[1]);
  Side a, b;
  a.scored = scored_of(first);
  b.scored = scored_of(second);
  if (wider) {
    const auto truth = evaluate::read_wider_ground_truth(o.ground_truth);
    judge_wider(truth, a);
    judge_wider(truth, b);
  } else {
    judge_voc(o, a);
    judge_voc(o, b);
  }
  require_same_images(a, b, o);
  ComparisonReport report;
  name_sides(o, a, b, report);
  report.images = a.study.names.size();
  report.lede = fmt::format("{} protocol on {} images", wider ? "WIDER FACE's" : "PASCAL VOC's",
                            report.images);
  report.bootstrap = bootstrap_options(o);
  const auto differences = evaluate::paired_bootstrap(a.samplers, b.samplers, report.bootstrap);
  for (std::size_t f = 0; f < differences.size(); ++f)
    report.figures.push_back({a.keys[f], a.names[f], differences[f]});
  Evaluation evaluation;
  evaluation.json = comparison_json(report);
  evaluation.text = comparison_table(report);
  if (!o.reports.empty()) {
    add_curves(a, b, report);
    add_parts(a, b, report);
  }
  evaluation.document = [&] { return comparison_document(report); };
  return finish(o, evaluation);
}

}  // namespace faceshot::cli
