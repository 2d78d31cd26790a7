// `faceshot evaluate`: a network, or anybody's result files, by an official protocol.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/default_model.hpp"
#include "cli/open_detector.hpp"
#include "cli/precision.hpp"
#include "cli/tiles.hpp"
#include "core/atomic_file.hpp"
#include "core/folder.hpp"
#include "dataset/prepared.hpp"
#include "evaluate/average_precision.hpp"
#include "evaluate/landmark_error.hpp"
#include "evaluate/result_files.hpp"
#include "evaluate/wider_ground_truth.hpp"
#include "evaluate/wider_protocol.hpp"
#include "evaluate/wider_report.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/error.hpp"
#include "faceshot/parallel.hpp"
#include "media/image_file.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  fs::path model;
  fs::path model_info;
  fs::path data;
  fs::path detections;
  fs::path ground_truth;
  fs::path out;
  std::string protocol = "widerface";
  double threshold = 0.02;  // in double, so that the report says 0.02 and not 0.0199999996
  double nms = 0.45;
  double score = 0.7;
  double min_face = 0;
  int max_side = 640;
  TileOptions tiles{.size = 0};  ///< size 0: no tiles
  int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  Precision precision = Precision::fp32;
  bool json = false;
};

/// What was scored and how it was made; `run` holds the fields of the report that describe it.
struct Scored {
  std::string title;
  std::vector<ImageDetections> images;
  std::vector<std::vector<Detection>> detections;  ///< the same, of a network on a prepared set
  PreparedSet set;
  nlohmann::ordered_json run;
  double seconds = 0;  ///< of detection; 0 if the detections were read
};

PreparedSet read_data(const fs::path& data) {
  return read_prepared(fs::is_directory(data) ? data / "val.csv" : data);
}

/// The network on every image of the prepared set. One thread an image: on many images that is
/// faster than many threads on one.
Scored run_detector(const Options& o) {
  Scored scored;
  scored.set = read_data(o.data);
  const PreparedSet& set = scored.set;
  const fs::path model = o.model.empty() ? default_model() : o.model;
  tell_if_missing(o.precision);
  const Detector detector = open_detector(model.string(), o.model_info.string(),
                                          {.score_threshold = static_cast<float>(o.threshold),
                                           .nms_threshold = static_cast<float>(o.nms),
                                           .max_side = o.max_side,
                                           .precision = o.precision});
  scored.images.resize(set.records.size());
  scored.detections.resize(set.records.size());
  Progress progress("detecting", set.records.size());
  std::mutex progress_mutex;
  std::size_t done = 0;
  const auto start = std::chrono::steady_clock::now();
  parallel_for(set.records.size(), o.threads, [&](std::size_t i) {
    const fs::path image = set.records[i].image;
    scored.images[i].event = image.parent_path().string();
    scored.images[i].image = image.stem().string();
    const cv::Mat pixels = read_image(set.images_dir / image);
    scored.detections[i] = o.tiles.size > 0 ? detector.detect_tiled(view_of(pixels), o.tiles)
                                            : detector.detect(view_of(pixels));
    for (const Detection& detection : scored.detections[i])
      scored.images[i].boxes.push_back(to_scored_box(detection));
    const std::lock_guard lock(progress_mutex);
    progress.update(++done);
  });
  scored.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  scored.title = model.filename().string() + ", longer side " +
                 (o.max_side > 0 ? std::to_string(o.max_side) : "native") +
                 (o.tiles.size > 0 ? ", tiles of " + std::to_string(o.tiles.size) : "");
  scored.run = {{"model", model.string()},
                {"data", o.data.string()},
                {"max_side", o.max_side},
                {"threshold", o.threshold},
                {"nms", o.nms},
                {"tile", o.tiles.size},
                {"tile_overlap", o.tiles.overlap},
                {"threads", o.threads},
                {"precision", precision_name(o.precision)},
                {"seconds", scored.seconds},
                {"images_per_second",
                 static_cast<double>(scored.images.size()) / std::max(scored.seconds, 1e-9)}};
  return scored;
}

Scored read_detections(const fs::path& dir) {
  Scored scored;
  scored.images = read_result_files(dir);
  const fs::path normal = fs::absolute(dir).lexically_normal();
  scored.title = (normal.has_filename() ? normal : normal.parent_path()).filename().string();
  scored.run = {{"detections_dir", dir.string()}};
  return scored;
}

void require_source(const Options& o) {
  if (o.data.empty() == o.detections.empty())
    throw Error(ErrorCode::invalid_argument,
                "evaluate needs either --data (images on which to run a network) or --detections "
                "(result files to score)");
  if (!o.detections.empty() && !o.model.empty())
    throw Error(ErrorCode::invalid_argument,
                "evaluate --detections scores files and runs no network: leave --model out");
}

void print_speed(const Scored& scored, const Options& o) {
  if (scored.seconds > 0)
    std::printf("%zu images in %s: %.1f images/s with %d threads in %s\n", scored.images.size(),
                duration_text(scored.seconds).c_str(),
                static_cast<double>(scored.images.size()) / scored.seconds, o.threads,
                precision_name(o.precision));
}

/// The faces that were found, of those that have landmarks in the labels and from the network.
std::vector<LandmarkPair> landmark_pairs(const Scored& scored,
                                         std::span<const ImageEvaluation> images, double score) {
  std::vector<LandmarkPair> pairs;
  for (const MatchedFace& m : matched_faces(images, static_cast<float>(score))) {
    const Annotation& face = scored.set.records[m.image].annotations[m.face];
    const Detection& found = scored.detections[m.image][m.detection];
    if (face.landmarks && found.landmarks)
      pairs.push_back({*found.landmarks, *face.landmarks, face.box});
  }
  return pairs;
}

/// PASCAL VOC's protocol against the prepared set's own labels.
int evaluate_voc(const Options& o) {
  if (o.data.empty())
    throw Error(ErrorCode::invalid_argument,
                "evaluate --protocol voc runs a network on --data, a prepared set");
  const Scored scored = run_detector(o);
  std::vector<std::vector<GroundTruthBox>> truth(scored.set.records.size());
  std::vector<ImageEvaluation> images;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    for (const Annotation& a : scored.set.records[i].annotations) {
      const double side = std::min(a.box.width(), a.box.height());
      truth[i].push_back({a.box, a.ignore || side < o.min_face});
    }
    images.push_back({scored.detections[i], truth[i]});
  }
  const double ap = average_precision(images);
  const OperatingPoint point = operating_point(images, static_cast<float>(o.score));
  nlohmann::ordered_json report{{"protocol", "voc"},
                                {"ap", ap},
                                {"iou", 0.5},
                                {"images", images.size()},
                                {"faces", point.faces},
                                {"score", o.score},
                                {"recall", point.recall()},
                                {"precision", point.precision()},
                                {"found", point.found},
                                {"false_alarms", point.false_alarms}};
  const LandmarkError error = landmark_error(landmark_pairs(scored, images, o.score));
  if (error.faces > 0)
    report["landmarks"] = {{"faces", error.faces},
                           {"nme", error.mean},
                           {"normalised_by", "sqrt(width * height) of the labelled box"},
                           {"by_point", error.by_point},
                           {"share_above_0.1", error.failures}};
  report.update(scored.run);
  if (!o.out.empty()) {
    make_folder(o.out);
    write_file_atomically(o.out / "report.json", report.dump(1) + "\n");
    write_result_files(o.out / "detections", scored.images);
  }
  if (o.json) {
    std::printf("%s\n", report.dump(2).c_str());
    return exit_ok;
  }
  std::printf(
      "AP at IoU 0.5        %.4f\n"
      "at score %.2f        recall %.4f  precision %.4f  (%zu of %zu faces, %zu false alarms)\n",
      ap, o.score, point.recall(), point.precision(), point.found, point.faces, point.false_alarms);
  if (error.faces > 0)
    std::printf(
        "landmarks            NME %.4f of sqrt(box area)  over %zu faces found  (%.1f%% above "
        "0.1)\n",
        error.mean, error.faces, 100 * error.failures);
  print_speed(scored, o);
  return exit_ok;
}

int evaluate(const Options& o) {
  require_source(o);
  if (o.protocol == "voc") return evaluate_voc(o);
  if (o.ground_truth.empty())
    throw Error(ErrorCode::invalid_argument,
                "evaluate needs --ground-truth, the folder with WIDER FACE's .mat files; or "
                "--protocol voc, which takes the labels of --data");
  const WiderGroundTruth truth = read_wider_ground_truth(o.ground_truth);
  const Scored scored = o.data.empty() ? read_detections(o.detections) : run_detector(o);
  const WiderResult result = evaluate_wider(truth, scored.images);
  if (result.images_scored == 0)
    throw Error(ErrorCode::invalid_argument,
                (o.data.empty() ? o.detections : o.data).string() +
                    ": none of its images is in the ground truth; images are named "
                    "<event>/<image>, such as " +
                    result.missing.front());
  if (!o.out.empty()) {
    nlohmann::ordered_json report = wider_json(result, true);
    report.update(scored.run);
    make_folder(o.out);
    write_file_atomically(o.out / "report.json", report.dump(1) + "\n");
    write_file_atomically(o.out / "precision_recall.svg",
                          wider_svg(result, "WIDER FACE: " + scored.title));
    if (!o.data.empty()) write_result_files(o.out / "detections", scored.images);
  }
  if (o.json) {
    nlohmann::ordered_json report = wider_json(result, false);
    report.update(scored.run);
    std::printf("%s\n", report.dump(2).c_str());
    return exit_ok;
  }
  std::fputs(wider_table(result).c_str(), stdout);
  print_speed(scored, o);
  if (!o.out.empty())
    std::printf("report.json and precision_recall.svg are in %s\n", o.out.string().c_str());
  return exit_ok;
}

}  // namespace

void add_evaluate(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Options& o = *options;
  CLI::App* command = app.add_subcommand(
      "evaluate", "Measure a network, or anybody's result files, by an official protocol");
  command->add_option("--data", o.data,
                      "Prepared data set (its val.csv), or the CSV file, to run the network on");
  command->add_option("--model", o.model,
                      "ONNX file to run on --data; default: the network that FaceShot ships");
  command->add_option("--model-info", o.model_info, model_info_help);
  command->add_option("--detections", o.detections,
                      "Score these result files instead: DIR/<event>/<image>.txt");
  command->add_option("--ground-truth", o.ground_truth,
                      "Folder with wider_face_val.mat and wider_{easy,medium,hard}_val.mat");
  command
      ->add_option("--protocol", o.protocol,
                   "widerface, or voc: AP at IoU 0.5 against the labels of --data")
      ->check(CLI::IsMember({"widerface", "voc"}))
      ->capture_default_str();
  command->add_option("--score", o.score, "voc: recall and precision are told for this score")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command
      ->add_option("--min-face", o.min_face,
                   "voc: faces with a shorter side below this many pixels are ignored")
      ->check(CLI::Range(0.0, 1e5))
      ->capture_default_str();
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
  command->add_option("--threads", o.threads, "Images at once")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  add_precision_option(*command, o.precision);
  command->add_flag("--json", o.json, "Write the result as JSON instead of a table");
  command->footer(
      "Examples:\n"
      "  faceshot evaluate --model nano.onnx --data data/wider-val --ground-truth "
      "eval_tools/ground_truth --max-side 640 --out report/\n"
      "  faceshot evaluate --detections report/detections --ground-truth eval_tools/ground_truth\n"
      "  faceshot evaluate --model mine.onnx --data data/mine --protocol voc");
  command->callback(
      [options, &exit_code] { exit_code = guarded([&] { return evaluate(*options); }); });
}

}  // namespace faceshot::cli
