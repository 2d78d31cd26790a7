// `faceshot evaluate --protocol coco`: COCO's files, or a network or result files on a prepared
// set.
#include <fmt/format.h>
#include <algorithm>
#include <cctype>

#include "evaluate/coco/coco_files.hpp"
#include "evaluate/result_files.hpp"
#include "evaluate_finish.hpp"
#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"

namespace faceshot::cli {
namespace {

using evaluate::coco_names;
using evaluate::CocoImage;
using evaluate::CocoResult;

/// The JSON key of "AP small" is "ap_small".
std::string coco_key(std::string_view name) {
  std::string key;
  for (const char c : name)
    key += c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return key;
}

/// A prepared set's images; ignore regions become crowds, those of any class one per class.
std::vector<CocoImage> coco_images(const Scored& scored, std::size_t classes) {
  std::vector<CocoImage> images;
  for (std::size_t i = 0; i < scored.set.records.size(); ++i) {
    CocoImage& image = images.emplace_back();
    for (const geometry::Annotation& a : scored.set.records[i].annotations)
      for (std::size_t c = 0; c < classes; ++c) {
        if (classes > 1 && !a.concerns(static_cast<int>(c))) continue;
        const auto exact = [](float v) { return static_cast<double>(v); };
        const double x = exact(a.box.x1), y = exact(a.box.y1), w = exact(a.box.x2) - x,
                     h = exact(a.box.y2) - y;
        image.faces.push_back({x, y, w, h, w * h, a.ignore, c});
      }
    for (const Detection& d : scored.detections[i])
      image.found.push_back(
          {evaluate::to_scored_box(d), classes > 1 ? static_cast<std::size_t>(d.label) : 0});
  }
  return images;
}

support::Document coco_document(const CocoResult& result, const std::string& title,
                                const RunFacts& speed, const RunFacts& run) {
  evaluate::EvaluationReport report;
  report.title = title;
  report.lede = fmt::format("COCO's protocol on {} images, {} faces and {} crowds", result.images,
                            result.faces, result.crowds);
  for (std::size_t i = 0; i < coco_names.size(); ++i)
    report.figures.push_back(
        {coco_key(coco_names[i]), std::string(coco_names[i]), result.figures[i], {}, {}});
  support::CurveChart chart{"Precision and recall", "recall", "precision", {}};
  for (const std::size_t t : {0U, 2U, 5U, 8U}) {
    support::ChartSeries series{fmt::format("IoU {:.2f}", 0.5 + 0.05 * static_cast<double>(t)), {}};
    for (std::size_t r = 0; r < evaluate::coco_recalls; ++r)
      series.points.push_back({static_cast<double>(r) / 100, result.precision[t][r], {}});
    chart.series.push_back(std::move(series));
  }
  report.charts.push_back(std::move(chart));
  report.speed = speed;
  report.run = run;
  return evaluate::report_document(report);
}

std::string coco_text(const CocoResult& result) {
  std::string text;
  for (std::size_t i = 0; i < coco_names.size(); ++i)
    text += fmt::format("{:<10} {}\n", coco_names[i],
                        result.figures[i] ? fmt::format("{:.4f}", *result.figures[i]) : "     -");
  return text + fmt::format("{} detections in {} images with {} faces and {} crowds\n",
                            result.detections, result.images, result.faces, result.crowds);
}

}  // namespace

int evaluate_coco(const EvaluateOptions& o) {
  const bool files = o.data.empty();
  if (files && (o.ground_truth.empty() || o.detections.empty()))
    throw Error(ErrorCode::invalid_argument,
                "evaluate --protocol coco takes --data, a prepared set, or COCO's files: "
                "annotations with --ground-truth, results with --detections");
  std::vector<CocoImage> images;
  std::size_t classes = 1;
  Scored scored;
  if (files) {
    evaluate::CocoTruth truth = evaluate::read_coco_truth(o.ground_truth);
    evaluate::read_coco_results(o.detections, truth);
    images = std::move(truth.images);
    classes = truth.names.size();
    scored.title = o.detections.filename().string();
    scored.run = {{"detections", o.detections.string()}, {"ground_truth", o.ground_truth.string()}};
  } else {
    std::optional<Detector> detector;
    if (o.detections.empty()) detector = open_detector(o);
    scored = detector ? run_detector(*detector, o) : read_detections_of(o.detections, o.data);
    classes = detector ? detector->info().classes.size() : 1;
    images = coco_images(scored, classes);
  }
  const CocoResult result = evaluate::evaluate_coco(images, classes);
  Evaluation evaluation;
  evaluation.json = {{"protocol", "coco"}};
  for (std::size_t i = 0; i < coco_names.size(); ++i) {
    evaluation.figures.emplace_back(coco_key(coco_names[i]), result.figures[i]);
    evaluation.json["figures"][std::string(coco_names[i])] =
        result.figures[i] ? nlohmann::ordered_json(*result.figures[i]) : nlohmann::ordered_json();
  }
  evaluation.json.update({{"images", result.images},
                          {"faces", result.faces},
                          {"crowds", result.crowds},
                          {"detections", result.detections}});
  evaluation.json.update(scored.run);
  evaluation.text = coco_text(result) + speed_text(scored, o);
  if (!o.out.empty()) {
    support::make_folder(o.out);
    support::write_file_atomically(o.out / "report.json", evaluation.json.dump(1) + "\n");
    if (!files) evaluate::write_coco_results(o.out / "coco_results.json", images);
    if (!files && o.detections.empty())
      evaluate::write_result_files(o.out / "detections", scored.images);
    evaluation.text += "report.json is in " + o.out.string() + "\n";
  }
  evaluation.document = [&] {
    return coco_document(result, scored.title, speed_facts(scored), run_facts(scored));
  };
  return finish(o, evaluation);
}

}  // namespace faceshot::cli
