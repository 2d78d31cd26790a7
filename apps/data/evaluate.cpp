// `faceshot evaluate`: scores a network or result files by an official protocol.
#include <fmt/format.h>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "common/console.hpp"
#include "common/model_file.hpp"
#include "common/open_detector.hpp"
#include "common/precision.hpp"
#include "common/tiles.hpp"
#include "data_commands.hpp"
#include "evaluate/result_files.hpp"
#include "evaluate/wider_ground_truth.hpp"
#include "evaluate/wider_protocol.hpp"
#include "evaluate/wider_report.hpp"
#include "evaluate_errors.hpp"
#include "evaluate_finish.hpp"
#include "evaluate_parts.hpp"
#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"

namespace faceshot::cli {
namespace {

void require(bool good, const char* message) {
  if (!good) throw Error(ErrorCode::invalid_argument, message);
}

void require_sense(const EvaluateOptions& o) {
  const bool wider = o.protocol == "widerface", fddb = o.protocol == "fddb";
  const bool labels = o.protocol == "voc" || o.protocol == "coco";  // from --data
  require(!o.data.empty() || !o.detections.empty() || (fddb && !o.images.empty()),
          "evaluate needs either --data (images to run a network on) or --detections (result files "
          "to score)");
  require(labels || o.data.empty() || o.detections.empty(),
          "evaluate takes either --data or --detections, not both; use --images for the folder "
          "with the photographs");
  require(o.detections.empty() || o.model.empty(),
          "evaluate --detections scores files and runs no network; leave out --model");
  require(o.negatives.empty() || o.protocol == "voc",
          "--negatives needs --protocol voc, whose labels in --data determine the score");
  require(o.negatives.empty() || o.detections.empty(),
          "--negatives runs a network; leave out --detections");
  require(o.errors.empty() || wider || o.protocol == "voc",
          "--errors needs --protocol widerface or voc");
  require(o.errors.empty() || !o.data.empty() || !o.images.empty(),
          "--errors shows photographs; with --detections, give their folder as --images");
}

/// The parts of a report beyond the table.
evaluate::EvaluationReport wider_report(const EvaluateOptions& o, const Scored& scored,
                                        const evaluate::WiderResult& result,
                                        const ErrorStudy& study, const ErrorSetting& setting) {
  evaluate::EvaluationReport report;
  report.title = scored.title;
  report.lede = fmt::format("WIDER FACE's protocol on {} of {} images", result.images_scored,
                            result.images_scored + result.missing.size());
  report.bootstrap = bootstrap_options(o);
  const evaluate::JudgedSet judged(study, evaluate::ApKind::wider, result.scores);
  std::vector<evaluate::ApSampler> samplers;
  for (std::size_t s = 0; s < judged.settings(); ++s) samplers.push_back(judged.sampler(s));
  const auto intervals = evaluate::bootstrap(samplers, report.bootstrap);
  for (std::size_t s = 0; s < samplers.size(); ++s) {
    const evaluate::WiderCurve& curve = result.settings[s];
    const std::string name(evaluate::wider_settings[s]);
    evaluate::ReportFigure figure{name,
                                  "AP " + name,
                                  {},
                                  {},
                                  fmt::format("{} faces in {} images", curve.faces, curve.images)};
    if (curve.faces > 0) {
      figure.value = curve.ap;
      figure.interval = intervals[s];
    }
    report.figures.push_back(std::move(figure));
  }
  const auto place = static_cast<std::size_t>(&setting - study.settings.data());
  add_study(judged, {evaluate::wider_settings.begin(), evaluate::wider_settings.end()},
            evaluate::wider_settings.size() - 1, place, report);
  if (!result.missing.empty())
    report.notes.push_back(
        fmt::format("{} images of the data set have no result and were not scored. Figures are "
                    "comparable with published ones only if every image was scored.",
                    result.missing.size()));
  report.speed = speed_facts(scored);
  report.run = run_facts(scored);
  return report;
}

void write_outputs(const EvaluateOptions& o, const Scored& scored,
                   const evaluate::WiderResult& result, const ErrorStudy& study) {
  nlohmann::ordered_json report = evaluate::wider_json(result, true);
  report["errors"] = error_json(study);
  report.update(scored.run);
  support::make_folder(o.out);
  support::write_file_atomically(o.out / "report.json", report.dump(1) + "\n");
  support::write_file_atomically(o.out / "precision_recall.svg",
                                 evaluate::wider_svg(result, "WIDER FACE: " + scored.title));
  if (!o.data.empty()) evaluate::write_result_files(o.out / "detections", scored.images);
}

int evaluate_widerface(const EvaluateOptions& o) {
  if (o.ground_truth.empty())
    throw Error(ErrorCode::invalid_argument,
                "evaluate needs --ground-truth, the folder with WIDER FACE's .mat files, or "
                "--protocol voc, which uses the labels of --data");
  const evaluate::WiderGroundTruth truth = evaluate::read_wider_ground_truth(o.ground_truth);
  const Scored scored = scored_of(o);
  const evaluate::WiderResult result = evaluate::evaluate_wider(truth, scored.images);
  if (result.images_scored == 0)
    throw Error(ErrorCode::invalid_argument,
                (o.data.empty() ? o.detections : o.data).string() +
                    ": none of its images is in the ground truth; images are named "
                    "<event>/<image>, such as " +
                    result.missing.front());
  const ErrorStudy study = wider_study(truth, scored, o.images);
  const ErrorSetting& setting = find_setting(study, o.errors_on.empty() ? "easy" : o.errors_on);
  if (!o.errors.empty()) write_error_sheets(study, setting, o.errors);
  if (!o.out.empty()) write_outputs(o, scored, result, study);
  Evaluation evaluation;
  for (std::size_t s = 0; s < evaluate::wider_settings.size(); ++s) {
    const evaluate::WiderCurve& curve = result.settings[s];
    evaluation.figures.emplace_back(evaluate::wider_settings[s],
                                    curve.faces > 0 ? std::optional(curve.ap) : std::nullopt);
  }
  evaluation.json = evaluate::wider_json(result, false);
  evaluation.json["errors"] = error_json(study);
  evaluation.json.update(scored.run);
  evaluation.text = evaluate::wider_table(result) + "\n" + error_table(study, setting) + "\n" +
                    speed_text(scored, o);
  if (!o.out.empty())
    evaluation.text += "report.json and precision_recall.svg are in " + o.out.string() + "\n";
  if (!o.errors.empty())
    evaluation.text +=
        "sheets of the worst errors, and errors.csv, are in " + o.errors.string() + "\n";
  std::optional<evaluate::EvaluationReport> report;
  if (!o.reports.empty()) {
    report = wider_report(o, scored, result, study, setting);
    add_pictures(o, study, setting, *report);
  }
  evaluation.document = [&] { return evaluate::report_document(*report); };
  evaluation.details = [&] { return evaluate::report_json(*report); };
  return finish(o, evaluation);
}

int evaluate(const EvaluateOptions& o) {
  check_finish(o);
  if (!o.compare.empty()) return evaluate_pair(o);
  if (o.protocol == "mot") return evaluate_mot(o);
  require_sense(o);
  if (o.protocol == "voc") return evaluate_voc(o);
  if (o.protocol == "coco") return evaluate_coco(o);
  if (o.protocol == "fddb") return evaluate_fddb(o);
  return evaluate_widerface(o);
}

/// Options for what is scored, and by which protocol.
void add_inputs(CLI::App& command, EvaluateOptions& o) {
  command.add_option("--data", o.data,
                     "Prepared data set (its val.csv) or CSV file to run the network on");
  command.add_option("--model", o.model, std::string("Run on --data: ") + model_help);
  command.add_option("--model-info", o.model_info, model_info_help);
  command.add_option(
      "--detections", o.detections,
      "Score these result files instead: DIR/<event>/<image>.txt; voc and coco: with "
      "--data; coco: or a JSON file; fddb: a file, or DIR/fold-NN-out.txt; mot: a file "
      "of tracks, or DIR/<film>.txt");
  command.add_option("--ground-truth", o.ground_truth,
                     "Folder with wider_face_val.mat and wider_{easy,medium,hard}_val.mat; coco: "
                     "annotations (JSON); fddb: FDDB-folds; mot: a file of true tracks, or "
                     "DIR/<film>/gt/gt.txt");
  command
      .add_option("--protocol", o.protocol,
                  "widerface; voc: AP at IoU 0.5 against the labels of --data; coco: AP at IoU 0.5 "
                  "to 0.95; fddb: ROC against ellipses; mot: tracks in files, by HOTA, MOTA, IDF1 "
                  "and leak (face pixels left visible)")
      ->check(CLI::IsMember({"widerface", "voc", "coco", "fddb", "mot"}))
      ->capture_default_str();
  command
      .add_option("--score", o.score,
                  "voc: report recall and precision at this score; default: the network's "
                  "threshold, or 0.7")
      ->check(CLI::Range(0.0, 1.0));
  command
      .add_option("--min-face", o.min_face,
                  "voc: ignore faces with a shorter side below this, pixels")
      ->check(CLI::Range(0.0, 1e5))
      ->capture_default_str();
  command.add_option("--negatives", o.negatives,
                     "voc: prepared sets without faces (their val.csv) or CSV files; report false "
                     "positives per image at a recall of 0.85 for faces of 50 px and more");
}

void add_outputs(CLI::App& command, EvaluateOptions& o) {
  command.add_option("--errors", o.errors,
                     "Folder for contact sheets of the worst errors, and errors.csv");
  command.add_option("--errors-on", o.errors_on,
                     "Faces considered for errors and thresholds: easy (default), medium or hard; "
                     "voc: 50px (default; that height and above), 30px, 10px or all");
  command.add_option("--images", o.images,
                     "Folder with the photographs of --detections: DIR/<event>/<image>.jpg; fddb: "
                     "originalPics, to run a network on");
  command.add_option("--out", o.out,
                     "Folder for report.json, precision_recall.svg and detections/");
  command.add_flag("--json", o.json, "Write the result as JSON instead of a table");
}

/// Options for running the network.
void add_run(CLI::App& command, EvaluateOptions& o) {
  command
      .add_option("--max-side", o.max_side,
                  "Scale images to this longer side; 0: leave them unscaled")
      ->check(CLI::Range(0, 100000))
      ->capture_default_str();
  add_tile_options(command, o.tiles);
  command
      .add_option("--threshold", o.threshold,
                  "Minimum score of a detection; keep it low to get the whole curve")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command.add_option("--nms", o.nms, "NMS IoU threshold")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command.add_option("--threads,--jobs", o.threads, "Images processed in parallel")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  add_precision_option(command, o.precision);
}

}  // namespace

void add_evaluate(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<EvaluateOptions>();
  EvaluateOptions& o = *options;
  CLI::App* command = app.add_subcommand(
      "evaluate", "Evaluate a network or result files with an official protocol");
  add_inputs(*command, o);
  add_mot_options(*command, o);
  add_outputs(*command, o);
  add_report_options(*command, o);
  add_run(*command, o);
  command->footer(
      "Examples:\n"
      "  faceshot evaluate --model nano.onnx --data data/wider-val --ground-truth "
      "eval_tools/ground_truth --max-side 640 --report page.html\n"
      "  faceshot evaluate --detections report/detections --ground-truth eval_tools/ground_truth "
      "--images WIDER_val/images --errors errors/\n"
      "  faceshot evaluate --compare old/detections new/detections --ground-truth "
      "eval_tools/ground_truth\n"
      "  faceshot evaluate --model mine.onnx --data data/mine --protocol voc --at-least ap=0.8\n"
      "  faceshot evaluate --protocol coco --ground-truth instances.json --detections "
      "results.json\n"
      "  faceshot evaluate --protocol fddb --ground-truth FDDB-folds --detections results/\n"
      "  faceshot evaluate --protocol mot --detections tracks/ --ground-truth scenes/");
  command->callback(
      [options, &exit_code] { exit_code = guarded([&] { return evaluate(*options); }); });
}

}  // namespace faceshot::cli
