// `faceshot evaluate`: a network, or anybody's result files, by an official protocol.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "common/console.hpp"
#include "common/open_detector.hpp"
#include "common/precision.hpp"
#include "common/tiles.hpp"
#include "data_commands.hpp"
#include "evaluate/result_files.hpp"
#include "evaluate/wider_ground_truth.hpp"
#include "evaluate/wider_protocol.hpp"
#include "evaluate/wider_report.hpp"
#include "evaluate_errors.hpp"
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
  const bool voc = o.protocol == "voc";
  require(!o.data.empty() || !o.detections.empty(),
          "evaluate needs either --data (images on which to run a network) or --detections "
          "(result files to score)");
  require(
      voc || o.data.empty() || o.detections.empty(),
      "evaluate needs either --data or --detections, not both; the folder of the photographs of "
      "result files is --images");
  require(o.detections.empty() || o.model.empty(),
          "evaluate --detections scores files and runs no network: leave --model out");
  require(o.negatives.empty() || voc,
          "--negatives goes with --protocol voc: its score is chosen on the labels of --data");
  require(o.negatives.empty() || o.detections.empty(),
          "--negatives runs a network: leave --detections out");
  require(o.errors.empty() || !o.data.empty() || !o.images.empty(),
          "--errors shows photographs: with --detections, name their folder with --images");
}

int evaluate(const EvaluateOptions& o) {
  if (o.protocol == "mot") return evaluate_mot(o);
  require_sense(o);
  if (o.protocol == "voc") return evaluate_voc(o);
  if (o.ground_truth.empty())
    throw Error(ErrorCode::invalid_argument,
                "evaluate needs --ground-truth, the folder with WIDER FACE's .mat files; or "
                "--protocol voc, which takes the labels of --data");
  const evaluate::WiderGroundTruth truth = evaluate::read_wider_ground_truth(o.ground_truth);
  const Scored scored =
      o.data.empty() ? read_detections(o.detections) : run_detector(open_detector(o), o);
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
  if (!o.out.empty()) {
    nlohmann::ordered_json report = evaluate::wider_json(result, true);
    report["errors"] = error_json(study);
    report.update(scored.run);
    support::make_folder(o.out);
    support::write_file_atomically(o.out / "report.json", report.dump(1) + "\n");
    support::write_file_atomically(o.out / "precision_recall.svg",
                                   evaluate::wider_svg(result, "WIDER FACE: " + scored.title));
    if (!o.data.empty()) evaluate::write_result_files(o.out / "detections", scored.images);
  }
  if (o.json) {
    nlohmann::ordered_json report = evaluate::wider_json(result, false);
    report["errors"] = error_json(study);
    report.update(scored.run);
    std::printf("%s\n", report.dump(2).c_str());
    return exit_ok;
  }
  std::fputs(evaluate::wider_table(result).c_str(), stdout);
  std::printf("\n%s\n", error_table(study, setting).c_str());
  print_speed(scored, o);
  if (!o.out.empty())
    std::printf("report.json and precision_recall.svg are in %s\n", o.out.string().c_str());
  if (!o.errors.empty())
    std::printf("sheets of the worst errors, and errors.csv, are in %s\n",
                o.errors.string().c_str());
  return exit_ok;
}

}  // namespace

void add_evaluate(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<EvaluateOptions>();
  EvaluateOptions& o = *options;
  CLI::App* command = app.add_subcommand(
      "evaluate", "Measure a network, or anybody's result files, by an official protocol");
  command->add_option("--data", o.data,
                      "Prepared data set (its val.csv), or the CSV file, to run the network on");
  command->add_option("--model", o.model,
                      "ONNX file to run on --data; default: the network that FaceShot ships");
  command->add_option("--model-info", o.model_info, model_info_help);
  command->add_option(
      "--detections", o.detections,
      "Score these result files instead: DIR/<event>/<image>.txt; voc: with --data; "
      "mot: a file of tracks, or DIR/<film>.txt");
  command->add_option("--ground-truth", o.ground_truth,
                      "Folder with wider_face_val.mat and wider_{easy,medium,hard}_val.mat; mot: a "
                      "file of true tracks, or DIR/<film>/gt/gt.txt");
  command
      ->add_option("--protocol", o.protocol,
                   "widerface; voc: AP at IoU 0.5 against the labels of --data; or mot: tracks in "
                   "files, by HOTA, MOTA, IDF1 and what hiding with them leaves visible")
      ->check(CLI::IsMember({"widerface", "voc", "mot"}))
      ->capture_default_str();
  command->add_option("--score", o.score, "voc: recall and precision are told for this score")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command
      ->add_option("--min-face", o.min_face,
                   "voc: faces with a shorter side below this many pixels are ignored")
      ->check(CLI::Range(0.0, 1e5))
      ->capture_default_str();
  add_mot_options(*command, o);
  command->add_option(
      "--negatives", o.negatives,
      "voc: prepared sets without faces (their val.csv, or CSV files): false alarms "
      "an image, where 0.85 of the faces of 50 px and up are found");
  command->add_option("--errors", o.errors,
                      "Folder for contact sheets of the worst errors, and errors.csv");
  command->add_option("--errors-on", o.errors_on,
                      "Faces that the table and the sheets of errors are about: easy (default), "
                      "medium or hard; voc: 50px (default; that high and up), 30px, 10px or all");
  command->add_option("--images", o.images,
                      "Folder of the photographs of --detections, for --errors: "
                      "DIR/<event>/<image>.jpg");
  command->add_option("--out", o.out,
                      "Folder for report.json, precision_recall.svg and detections/");
  command
      ->add_option("--max-side", o.max_side,
                   "Scale images so that the longer side is this; 0: leave them")
      ->check(CLI::Range(0, 100000))
      ->capture_default_str();
  add_tile_options(*command, o.tiles);
  command
      ->add_option("--threshold", o.threshold,
                   "Keep detections down to this score; low, for the whole curve")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--nms", o.nms, "IoU above which a box is suppressed")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--threads,--jobs", o.threads, "Images at once")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  add_precision_option(*command, o.precision);
  command->add_flag("--json", o.json, "Write the result as JSON instead of a table");
  command->footer(
      "Examples:\n"
      "  faceshot evaluate --model nano.onnx --data data/wider-val --ground-truth "
      "eval_tools/ground_truth --max-side 640 --out report/\n"
      "  faceshot evaluate --detections report/detections --ground-truth eval_tools/ground_truth "
      "--images WIDER_val/images --errors errors/\n"
      "  faceshot evaluate --model mine.onnx --data data/mine --protocol voc\n"
      "  faceshot evaluate --protocol mot --detections tracks/ --ground-truth scenes/");
  command->callback(
      [options, &exit_code] { exit_code = guarded([&] { return evaluate(*options); }); });
}

}  // namespace faceshot::cli
