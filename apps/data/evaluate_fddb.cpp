// `faceshot evaluate --protocol fddb`: result files, or a network on FDDB's photographs.
#include <fmt/format.h>
#include <array>
#include <chrono>
#include <cmath>

#include "evaluate/fddb/fddb_files.hpp"
#include "evaluate_finish.hpp"
#include "faceshot/error.hpp"
#include "media/photographs/image_size.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"

namespace faceshot::cli {
namespace {

using evaluate::FddbFold;
using evaluate::FddbImage;
using evaluate::FddbPoint;
using evaluate::FddbRoc;

/// Numbers of false positives at which rates are reported.
constexpr std::array<std::size_t, 6> told_alarms{10, 50, 100, 500, 1000, 2000};
constexpr std::size_t main_alarms = 1000;  ///< the number that papers usually quote

/// All images of all folds as a prepared set without labels.
data::PreparedSet photographs_of(const std::vector<FddbFold>& folds,
                                 const std::filesystem::path& dir) {
  data::PreparedSet set;
  set.images_dir = dir;
  for (const FddbFold& fold : folds)
    for (const FddbImage& image : fold.images)
      set.records.push_back({image.name + ".jpg", 0, 0, {}});
  return set;
}

void set_sizes(std::vector<FddbFold>& folds, const std::filesystem::path& dir) {
  for (FddbFold& fold : folds)
    for (FddbImage& image : fold.images) {
      const auto size = media::read_image_size(dir / (image.name + ".jpg"));
      image.width = size.width;
      image.height = size.height;
    }
}

/// Runs the network. @return seconds
double detect_folds(const EvaluateOptions& o, std::vector<FddbFold>& folds) {
  const data::PreparedSet set = photographs_of(folds, o.images);
  const auto start = std::chrono::steady_clock::now();
  const auto detections = detect_all(open_detector(o), set, o);
  const auto end = std::chrono::steady_clock::now();
  std::size_t next = 0;
  for (FddbFold& fold : folds)
    for (FddbImage& image : fold.images)
      for (const Detection& d : detections[next++]) {
        const evaluate::ScoredBox box = evaluate::to_scored_box(d);
        image.found.push_back({evaluate::FddbRectangle{box.x, box.y, box.w, box.h}, box.score});
      }
  return std::chrono::duration<double>(end - start).count();
}

nlohmann::ordered_json rates_json(const FddbRoc& roc) {
  nlohmann::ordered_json json;
  for (const std::size_t alarms : told_alarms) {
    const FddbPoint at = evaluate::fddb_rates_at(roc, alarms);
    json[std::to_string(alarms)] = {
        {"discrete", at.discrete}, {"continuous", at.continuous}, {"score", at.score}};
  }
  return json;
}

/// All folds, and each fold separately.
struct FddbResult {
  FddbRoc whole;
  std::vector<FddbRoc> folds;
};

/// Mean and standard deviation of the folds' rates at a tenth of the false positives.
std::pair<double, double> spread(const FddbResult& result, double FddbPoint::*rate) {
  double sum = 0, squares = 0;
  for (const FddbRoc& fold : result.folds) {
    const double value = evaluate::fddb_rates_at(fold, main_alarms / 10).*rate;
    sum += value;
    squares += value * value;
  }
  const auto n = static_cast<double>(result.folds.size());
  return {sum / n, std::sqrt(std::max(0.0, squares / n - sum / n * (sum / n)))};
}

std::string fddb_text(const FddbResult& result) {
  std::string text = "false pos.    discrete  continuous    score\n";
  for (const std::size_t alarms : told_alarms) {
    const FddbPoint at = evaluate::fddb_rates_at(result.whole, alarms);
    text += fmt::format("{:>12}    {:.4f}      {:.4f}  {:7.4g}\n", alarms, at.discrete,
                        at.continuous, at.score);
  }
  const auto discrete = spread(result, &FddbPoint::discrete);
  const auto continuous = spread(result, &FddbPoint::continuous);
  return text + fmt::format(
                    "{} folds, each at {} false positives: discrete {:.4f} +- {:.4f}, continuous "
                    "{:.4f} +- "
                    "{:.4f}\n{} detections in {} images with {} faces\n",
                    result.folds.size(), main_alarms / 10, discrete.first, discrete.second,
                    continuous.first, continuous.second, result.whole.detections,
                    result.whole.images, result.whole.faces);
}

nlohmann::ordered_json fddb_json(const FddbResult& result, const std::vector<FddbFold>& folds) {
  nlohmann::ordered_json json{{"protocol", "fddb"},
                              {"images", result.whole.images},
                              {"faces", result.whole.faces},
                              {"detections", result.whole.detections},
                              {"at", rates_json(result.whole)},
                              {"folds", nlohmann::ordered_json::array()}};
  for (std::size_t f = 0; f < folds.size(); ++f)
    json["folds"].push_back({{"name", folds[f].name},
                             {"images", result.folds[f].images},
                             {"faces", result.folds[f].faces},
                             {"at", rates_json(result.folds[f])}});
  return json;
}

support::Document fddb_document(const FddbResult& result, const std::vector<FddbFold>& folds,
                                const std::string& title) {
  evaluate::EvaluationReport report;
  report.title = title;
  report.lede = fmt::format("FDDB's protocol on {} images, {} faces, {} folds", result.whole.images,
                            result.whole.faces, folds.size());
  for (const std::size_t alarms : told_alarms) {
    const FddbPoint at = evaluate::fddb_rates_at(result.whole, alarms);
    const std::string note = fmt::format("at {} false positives, score {:.3g}", alarms, at.score);
    report.figures.push_back(
        {fmt::format("discrete_{}", alarms), "discrete", at.discrete, {}, note});
    report.figures.push_back(
        {fmt::format("continuous_{}", alarms), "continuous", at.continuous, {}, note});
  }
  support::CurveChart chart{
      "ROC of all folds", "false positives", "true positive rate", {}, {1, 10000}};
  chart.log_x = true;
  support::ChartSeries discrete{"discrete", {}}, continuous{"continuous", {}};
  const std::size_t step = std::max<std::size_t>(1, result.whole.points.size() / 200);
  for (std::size_t i = 0; i < result.whole.points.size(); i += step) {
    const FddbPoint& p = result.whole.points[i];
    if (p.false_alarms == 0) continue;
    const auto x = static_cast<double>(p.false_alarms);
    discrete.points.push_back({x, p.discrete, fmt::format("score {:.3g}", p.score)});
    continuous.points.push_back({x, p.continuous, fmt::format("score {:.3g}", p.score)});
  }
  chart.series = {std::move(discrete), std::move(continuous)};
  report.charts.push_back(std::move(chart));
  support::Document document = evaluate::report_document(report);
  support::Table table{fmt::format("Each fold at {} false positives", main_alarms / 10),
                       {"fold", "images", "faces", "discrete", "continuous"},
                       {}};
  for (std::size_t f = 0; f < folds.size(); ++f) {
    const FddbPoint at = evaluate::fddb_rates_at(result.folds[f], main_alarms / 10);
    table.rows.push_back({folds[f].name, std::to_string(result.folds[f].images),
                          std::to_string(result.folds[f].faces), fmt::format("{:.4f}", at.discrete),
                          fmt::format("{:.4f}", at.continuous)});
  }
  document.sections.insert(document.sections.begin() + 2, {"folds", "Folds", {std::move(table)}});
  return document;
}

}  // namespace

int evaluate_fddb(const EvaluateOptions& o) {
  if (o.ground_truth.empty() || !o.data.empty())
    throw Error(ErrorCode::invalid_argument,
                "evaluate --protocol fddb takes --ground-truth (the folder FDDB-folds) and either "
                "--detections or --images (the folder originalPics, to run a network on)");
  std::vector<FddbFold> folds = evaluate::read_fddb_folds(o.ground_truth);
  if (!o.images.empty()) set_sizes(folds, o.images);
  double seconds = 0;
  if (o.detections.empty())
    seconds = detect_folds(o, folds);
  else
    evaluate::read_fddb_results(o.detections, folds);
  FddbResult result;
  std::vector<FddbImage> all;
  for (const FddbFold& fold : folds) {
    result.folds.push_back(evaluate::fddb_roc(fold.images));
    all.insert(all.end(), fold.images.begin(), fold.images.end());
  }
  result.whole = evaluate::fddb_roc(all);
  Evaluation evaluation;
  const FddbPoint main = evaluate::fddb_rates_at(result.whole, main_alarms);
  evaluation.figures = {{"discrete", main.discrete}, {"continuous", main.continuous}};
  evaluation.json = fddb_json(result, folds);
  evaluation.text = fddb_text(result);
  if (seconds > 0)
    evaluation.text += fmt::format("{:.1f} images/s with {} threads\n",
                                   static_cast<double>(result.whole.images) / seconds, o.threads);
  if (!o.out.empty()) {
    support::make_folder(o.out);
    support::write_file_atomically(o.out / "report.json", evaluation.json.dump(1) + "\n");
    if (o.detections.empty()) evaluate::write_fddb_results(o.out / "detections", folds);
    evaluation.text += "report.json is in " + o.out.string() + "\n";
  }
  const std::string title =
      o.detections.empty() ? o.model.filename().string() : o.detections.filename().string();
  evaluation.document = [&] { return fddb_document(result, folds, title); };
  return finish(o, evaluation);
}

}  // namespace faceshot::cli
