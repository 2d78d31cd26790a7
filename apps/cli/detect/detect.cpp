// `faceshot detect`: faces in photographs, as a table, as JSON or CSV, as pictures.
#include "base/processors.hpp"
#include "faceshot/detector.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "base/in_order.hpp"
#include "cli/commands.hpp"
#include "cli/detect/arguments.hpp"
#include "cli/detect/look.hpp"
#include "cli/detect/outputs.hpp"
#include "common/console.hpp"
#include "common/model_file.hpp"
#include "common/open_detector.hpp"
#include "common/tiles.hpp"
#include "faceshot/error.hpp"
#include "media/drawing/draw.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

constexpr int sheet_columns = 3;

/// @throws Error(invalid_argument) before any work is done
void check_file(const char* option, const std::string& file, const Inputs& inputs) {
  if (!file.empty() && file != "-" && inputs.contains(file))
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{} '{}' is one of the photographs; name another file", option, file));
}

/// Everything that can be rejected before the work is.
void check_arguments(const DetectArguments& a, const Inputs& inputs) {
  check_file("--sheet", a.sheet, inputs);
  check_file("--json", a.json, inputs);
  check_file("--jsonl", a.jsonl, inputs);
  check_file("--csv", a.csv, inputs);
  if (!a.sheet.empty() && !media::is_writable_image_path(a.sheet))
    throw Error(ErrorCode::invalid_argument,
                "--sheet '" + a.sheet + "' needs an image extension, as in faces.jpg");
  if (a.align > 0 && a.crop_folder().empty())
    throw Error(
        ErrorCode::invalid_argument,
        "--align writes crops into a folder; name it with --crops, as in --align 112 --crops "
        "faces/");
  if (a.turns != 1 && a.tiles.size > 0)
    throw Error(ErrorCode::invalid_argument, "--turns and --tile cannot be combined");
}

/// @throws Error(invalid_argument) for a class that the network does not know; Error(unsupported)
void check_network(const DetectArguments& a, const ModelInfo& info) {
  for (const std::string& name : a.classes)
    if (std::find(info.classes.begin(), info.classes.end(), name) == info.classes.end())
      throw Error(ErrorCode::invalid_argument, fmt::format("--class '{}': the network knows {}",
                                                           name, fmt::join(info.classes, ", ")));
  if (a.align > 0 && !info.has_landmarks())
    throw Error(
        ErrorCode::unsupported,
        "--align needs the eyes, nose and mouth, which the network '" + info.name +
            "' does not predict; pass a model trained with model.heads.landmarks=5 as --model");
}

/// The input size for most photographs.
std::string usual_size(const DetectArguments& a) {
  if (a.tiles.size > 0) return fmt::format("{0}x{0}", a.tiles.size);
  const int side = a.options.max_side > 0 ? a.options.max_side : 640;
  return fmt::format("{}x{}", side, std::max(1, side * 3 / 4));
}

int cores() { return std::min(base::processors(), most_threads); }

/// Cores are given to photographs; if there are fewer of these, to each photograph's network.
void share_out_cores(DetectArguments& a, std::size_t photographs) {
  const bool chosen = a.options.threads > 0;
  if (a.jobs == 0) a.jobs = std::max(1, cores() / (chosen ? a.options.threads : 1));
  a.jobs = static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(a.jobs), photographs));
  if (!chosen) a.options.threads = std::max(1, cores() / std::max(1, a.jobs));
}

struct Sheet {
  std::vector<media::Image> thumbnails;
  std::vector<std::string> captions;
};

void write(const Sheet& sheet, const std::string& file) {
  std::vector<ImageView> views;
  for (const media::Image& image : sheet.thumbnails) views.push_back(image.view());
  media::write_image(file, media::contact_sheet(views, sheet_columns, sheet_cell_width,
                                                sheet_cell_height, sheet.captions)
                               .view());
}

/// Processes every photograph and passes on the results, in order. @return how many failed
std::size_t look_at_all(const DetectArguments& a, const std::vector<Job>& jobs,
                        const Looker& looker, Outputs& outputs) {
  std::size_t failures = 0;
  Sheet sheet;
  // A scrolling table is progress enough.
  std::unique_ptr<Progress> progress;
  if (a.quiet() || isatty(STDOUT_FILENO) == 0)
    progress = std::make_unique<Progress>("detecting", jobs.size());
  const auto pass_on = [&](std::size_t i, Look look) {
    if (!look.warning.empty())
      fmt::print(stderr, "faceshot: warning: '{}': {}\n", jobs[i].file.string(), look.warning);
    if (look.error.empty()) {
      outputs.add(jobs[i], look);
      if (!a.sheet.empty()) {
        sheet.thumbnails.push_back(std::move(look.thumbnail));
        sheet.captions.push_back(jobs[i].shown + ": " + counted(look.faces.size(), "face"));
      }
    } else {
      // One bad photograph does not stop the others; the exit status reports it.
      fmt::print(stderr, "faceshot: {}\n", look.error);
      ++failures;
    }
    if (progress) progress->update(i + 1);
  };
  base::work_in_order(
      jobs.size(), a.jobs, [&](std::size_t i) { return looker.look(jobs[i]); }, pass_on);
  if (!sheet.thumbnails.empty()) write(sheet, a.sheet);
  return failures;
}

int run(DetectArguments a) {
  media::PassedOver passed_over;
  const std::vector<Job> jobs = jobs_of(a.paths, passed_over);
  const Inputs inputs(jobs);
  check_arguments(a, inputs);
  if (const std::string text = passed_over.text(); !text.empty())
    fmt::print(stderr, "skipped in folders: {}\n", text);
  share_out_cores(a, jobs.size());
  a.model = model_file(a.model).string();
  a.options.precision = precision_for(a.precision, a.model, usual_size(a), a.options.threads);
  tell_if_missing(a.options.precision);
  const Detector detector = open_detector(a.model, a.model_info, a.options);
  check_network(a, detector.info());
  if (!a.out.empty()) require_writable_folder(a.out);
  if (!a.crops.empty()) require_writable_folder(a.crops);
  const Looker looker(a, detector, inputs);
  Outputs outputs(a, jobs, detector.info().classes, detector.info().has_landmarks());
  const std::size_t failures = look_at_all(a, jobs, looker, outputs);
  outputs.finish();
  return failures == 0 ? exit_ok : exit_failure;
}

void add_output_options(CLI::App& command, DetectArguments& a) {
  command.add_option("--out", a.out, "Folder for copies with the boxes drawn in")->group("Output");
  command
      .add_option("--crops", a.crops,
                  "Folder for face crops, with a margin of a quarter of the face's size")
      ->group("Output");
  command
      .add_option("--align", a.align,
                  "Write aligned crops instead: upright squares with sides of this many pixels, "
                  "with eyes and mouth where recognition networks expect them (ArcFace: 112); "
                  "written to --out if there is no --crops")
      ->check(CLI::Range(16, 1024))
      ->group("Output");
  command.add_option("--sheet", a.sheet, "Contact sheet of all photographs")->group("Output");
  command.add_flag("!--no-annotate", a.annotate, "Do not draw boxes in --out and --sheet")
      ->group("Output");
  command
      .add_flag("--json{-}", a.json,
                "Write one JSON document to standard output, or to --json=FILE")
      ->group("Output");
  command
      .add_flag("--jsonl{-}", a.jsonl,
                "Write one JSON line per photograph to standard output, or to --jsonl=FILE")
      ->group("Output");
  command
      .add_flag("--csv{-}", a.csv,
                "Write one CSV row per face to standard output, or to --csv=FILE")
      ->group("Output");
}

void add_speed_options(CLI::App& command, DetectArguments& a) {
  command.add_option("--jobs", a.jobs, "Photographs processed in parallel; default: one per core")
      ->check(CLI::Range(1, most_threads))
      ->group("Speed");
  command
      .add_option(
          "--threads", a.options.threads,
          "Threads per photograph; default: 1, or all cores if there is only one photograph")
      ->check(CLI::Range(1, most_threads))
      ->group("Speed");
  add_precision_option(command, a.precision);
}

}  // namespace

void add_detect(CLI::App& app, int& exit_code) {
  auto a = std::make_shared<DetectArguments>();
  a->options.threads = 0;  // as many as are useful
  CLI::App* const command = app.add_subcommand("detect", "Find faces in photographs");
  command
      ->add_option("paths", a->paths,
                   "Photographs (- for standard input) or folders to search for them")
      ->required();
  command->add_option("--threshold", a->options.score_threshold,
                      "Minimum score, 0 to 1; default: the model's own (faceshot inspect), or 0.7");
  command
      ->add_option(
          "--class", a->classes,
          "Report this class only (repeat for several); default: all classes of the network")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      ->add_option("--max-side", a->options.max_side,
                   "Scale larger photographs down to this longer side before detection; 0: never")
      ->capture_default_str();
  command->add_option("--nms", a->options.nms_threshold, "NMS IoU threshold")
      ->capture_default_str();
  command
      ->add_option_function<std::string>(
          "--suppress",
          [a](const std::string& which) {
            a->options.suppression =
                which == "across" ? Suppression::across_classes : Suppression::within_classes;
          },
          "Non-maximum suppression within each class (within) or across all classes (across: one "
          "class per box); default: what the model says")
      ->check(CLI::IsMember({"within", "across"}));
  add_tile_options(*command, a->tiles);
  command
      ->add_option("--turns", a->turns,
                   "4: try each photograph in all four orientations and report the right one")
      ->check(CLI::IsMember({1, 4}))
      ->capture_default_str();
  command->add_option("--model", a->model, model_help);
  command->add_option("--model-info", a->model_info, model_info_help);
  add_output_options(*command, *a);
  add_speed_options(*command, *a);
  command->footer(
      "Examples:\n"
      "  faceshot detect photo.jpg holiday/ --out faces/\n"
      "  faceshot detect photo.jpg --threshold 0.6 --max-side 1280 --json\n"
      "  faceshot detect holiday/ --csv=faces.csv --crops faces/\n"
      "  faceshot detect scans/ --turns 4 --jsonl=faces.jsonl\n"
      "  faceshot detect crowd.jpg --tile 640 --out faces/\n"
      "  curl -s https://example.org/photo.jpg | faceshot detect -\n"
      "  faceshot detect photo.jpg --align 112 --crops faces/");
  command->callback([a, &exit_code] { exit_code = guarded([&] { return run(*a); }); });
}

}  // namespace faceshot::cli
