// `faceshot detect`: faces in photographs, as a table, as JSON, as pictures.
#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>
#include <set>
#include <string>
#include <vector>

#include "common/console.hpp"
#include "common/default_model.hpp"
#include "common/open_detector.hpp"
#include "common/precision.hpp"
#include "common/tiles.hpp"
#include "data_commands.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/error.hpp"
#include "media/drawing/aligned_face.hpp"
#include "media/drawing/draw.hpp"
#include "media/opencv.hpp"
#include "media/photographs/image_list.hpp"
#include "support/folder.hpp"

namespace faceshot::cli {
namespace {

using media::write_mat;

namespace fs = std::filesystem;

constexpr int sheet_columns = 3;
const cv::Size sheet_cell(480, 360);

struct DetectArguments {
  std::vector<std::string> paths;
  std::string model, model_info, out, sheet;
  std::vector<std::string> classes;  ///< to show; empty: all
  DetectorOptions options{};
  PrecisionChoice precision = PrecisionChoice::fp32;
  TileOptions tiles{.size = 0};  ///< size 0: no tiles
  int align = 0;                 ///< side of aligned crops, pixels; 0: none
  bool json = false;
};

/// An image to work on, and its name relative to what the user gave.
struct Job {
  fs::path file, relative;
};

std::vector<Job> jobs_of(const std::vector<std::string>& paths) {
  std::vector<Job> jobs;
  for (const fs::path path : paths)
    for (const fs::path& file : media::list_images({path}))
      jobs.push_back(
          {file, fs::is_directory(path) ? file.lexically_relative(path) : file.filename()});
  return jobs;
}

/// Files that must not be written to: all inputs, whatever the names by which they are reached.
class Inputs {
 public:
  explicit Inputs(const std::vector<Job>& jobs) {
    for (const Job& job : jobs) files_.insert(fs::weakly_canonical(job.file));
  }
  [[nodiscard]] bool contains(const fs::path& file) const {
    return files_.contains(fs::weakly_canonical(file));
  }

 private:
  std::set<fs::path> files_;
};

/// `wanted`, or with a number where that is taken: never over an input, never over another picture
/// of this run. Its folder is made.
fs::path free_path(const fs::path& wanted, const Inputs& inputs, std::set<fs::path>& used) {
  fs::path target = wanted;
  for (int n = 2; used.contains(target) || inputs.contains(target); ++n)
    target.replace_filename(wanted.stem().string() + "-" + std::to_string(n) +
                            wanted.extension().string());
  used.insert(target);
  support::make_folder(target.parent_path());
  return target;
}

/// Where an annotated picture goes.
fs::path annotated_path(const fs::path& out, const Job& job) {
  // A photograph may have any name; what is written needs one that tells its format.
  const std::string extension =
      media::is_writable_image_path(job.file) ? job.file.extension().string() : ".jpg";
  return (out / job.relative).replace_extension(extension);
}

/// Where a face's aligned crop goes: lossless, since another network is to look at it.
/// @param folder a class's, where there are several
fs::path crop_path(const fs::path& out, const fs::path& folder, const Job& job, std::size_t face) {
  return (out / folder / job.relative)
      .replace_filename(job.relative.stem().string() + "-face" + std::to_string(face + 1) + ".png");
}

/// @throws Error(invalid_argument) before any work is done for it
void check_sheet(const fs::path& sheet, const Inputs& inputs) {
  if (inputs.contains(sheet))
    throw Error(ErrorCode::invalid_argument,
                "--sheet '" + sheet.string() + "' is one of the photographs; name another file");
  if (!media::is_writable_image_path(sheet))
    throw Error(
        ErrorCode::invalid_argument,
        "--sheet '" + sheet.string() + "' needs the extension of a picture, as in faces.jpg");
}

/// Reduced to what a cell of the sheet shows: many photographs would not fit into memory.
cv::Mat thumbnail(const cv::Mat& image) {
  const double scale = std::min(static_cast<double>(sheet_cell.width) / image.cols,
                                static_cast<double>(sheet_cell.height) / image.rows);
  if (scale >= 1) return image;
  cv::Mat small;
  cv::resize(image, small,
             {std::max(1, static_cast<int>(std::lround(image.cols * scale))),
              std::max(1, static_cast<int>(std::lround(image.rows * scale)))},
             0, 0, cv::INTER_AREA);
  return small;
}

/// @throws Error before any work is done for it
void check_align(const DetectArguments& a, const Detector& detector) {
  if (a.out.empty())
    throw Error(ErrorCode::invalid_argument,
                "--align writes crops into a folder; name it with --out, as in --align 112 --out "
                "faces/");
  if (!detector.info().has_landmarks())
    throw Error(ErrorCode::unsupported,
                "--align needs the eyes, nose and mouth, which the network '" +
                    detector.info().name +
                    "' does not give; name one that was trained with model.heads.landmarks=5 as "
                    "--model");
}

const std::string& class_of(const Detection& detection, const std::vector<std::string>& classes) {
  return classes.at(static_cast<std::size_t>(detection.label));
}

/// A class's name as a folder's.
fs::path folder_of(std::string name) {
  std::replace(name.begin(), name.end(), '/', '_');
  return name == "." || name == ".." ? "_" : name;
}

/// @throws Error(invalid_argument) for a class that the network does not know
void check_classes(const DetectArguments& a, const std::vector<std::string>& known) {
  for (const std::string& name : a.classes)
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("--class '{}': the network knows {}", name, fmt::join(known, ", ")));
}

/// Leaves the detections of the wanted classes.
void keep_classes(const DetectArguments& a, const std::vector<std::string>& known,
                  std::vector<Detection>& found) {
  if (a.classes.empty()) return;
  std::erase_if(found, [&](const Detection& d) {
    return std::find(a.classes.begin(), a.classes.end(), class_of(d, known)) == a.classes.end();
  });
}

/// Writes the crop of each face that has landmarks. @return their paths, by face; empty for others
std::vector<std::string> write_crops(const DetectArguments& a, const Job& job, const cv::Mat& image,
                                     const std::vector<Detection>& faces,
                                     const std::vector<std::string>& classes, const Inputs& inputs,
                                     std::set<fs::path>& used) {
  std::vector<std::string> crops(faces.size());
  for (std::size_t i = 0; i < faces.size(); ++i) {
    if (!faces[i].landmarks) continue;
    const media::Image crop =
        media::align_face(media::view_of(image), *faces[i].landmarks, a.align);
    const fs::path target = free_path(
        crop_path(a.out, classes.size() > 1 ? folder_of(class_of(faces[i], classes)) : fs::path(),
                  job, i),
        inputs, used);
    media::write_image(target, crop.view());
    crops[i] = target.string();
  }
  return crops;
}

/// @param milliseconds receives how long it took, without making a session where there are no tiles
std::vector<Detection> find_faces(const DetectArguments& a, const Detector& detector,
                                  const cv::Mat& image, double& milliseconds) {
  if (a.tiles.size == 0) {
    DetectTimings t;
    auto faces = detector.detect(media::view_of(image), &t);
    milliseconds = t.preprocess + t.network + t.postprocess;
    return faces;
  }
  const auto start = std::chrono::steady_clock::now();
  TileOptions tiles = a.tiles;
  std::unique_ptr<Progress> progress;  // made when it is known how many there are
  tiles.progress = [&](std::size_t done, std::size_t all) {
    if (!progress) progress = std::make_unique<Progress>("tiles", all);
    progress->update(done);
  };
  auto faces = detector.detect_tiled(media::view_of(image), tiles);
  milliseconds =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  return faces;
}

/// @param crops as write_crops() gives them, or none
/// @param classes of the network; of several, each detection says its own
nlohmann::json json_of(const Job& job, const cv::Mat& image, const std::vector<Detection>& faces,
                       const std::vector<std::string>& classes,
                       const std::vector<std::string>& crops) {
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t i = 0; i < faces.size(); ++i) {
    const Detection& d = faces[i];
    list.push_back({{"x1", d.box.x1},
                    {"y1", d.box.y1},
                    {"x2", d.box.x2},
                    {"y2", d.box.y2},
                    {"score", d.score}});
    if (classes.size() > 1) list.back()["class"] = class_of(d, classes);
    if (d.landmarks)
      for (std::size_t k = 0; k < d.landmarks->size(); k += 2)
        list.back()["landmarks"].push_back({(*d.landmarks)[k], (*d.landmarks)[k + 1]});
    if (i < crops.size() && !crops[i].empty()) list.back()["crop"] = crops[i];
  }
  return {{"file", job.file.string()},
          {"width", image.cols},
          {"height", image.rows},
          {"faces", std::move(list)}};
}

/// The size at which the network will look at most photographs.
std::string usual_size(const DetectArguments& a) {
  if (a.tiles.size > 0) return std::to_string(a.tiles.size) + "x" + std::to_string(a.tiles.size);
  const int side = a.options.max_side > 0 ? a.options.max_side : 640;
  return std::to_string(side) + "x" + std::to_string(std::max(1, side * 3 / 4));
}

int run(DetectArguments a) {
  const auto jobs = jobs_of(a.paths);
  const Inputs inputs(jobs);
  if (!a.sheet.empty()) check_sheet(a.sheet, inputs);
  if (a.model.empty()) a.model = default_model().string();
  a.options.precision = precision_for(a.precision, a.model, usual_size(a), a.options.threads);
  tell_if_missing(a.options.precision);
  const Detector detector = open_detector(a.model, a.model_info, a.options);
  const std::vector<std::string>& classes = detector.info().classes;
  check_classes(a, classes);
  if (a.align > 0) check_align(a, detector);
  nlohmann::json document = nlohmann::json::array();
  std::vector<cv::Mat> pictures;
  std::set<fs::path> used;
  std::size_t failures = 0;
  std::size_t faces_in_all = 0;
  std::size_t width = 4;
  for (const Job& job : jobs) width = std::max(width, job.relative.string().size());
  if (!a.json)
    std::printf("%-*s  %11s  %5s  %5s  %8s\n", static_cast<int>(width), "file", "size", "faces",
                "best", "ms");
  // A table that scrolls by is progress enough.
  const bool show_progress = a.json || isatty(STDOUT_FILENO) == 0;
  {
    Progress progress("detecting", jobs.size());
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const Job& job = jobs[i];
      try {
        cv::Mat image = media::read_mat(job.file);
        double milliseconds = 0;
        auto faces = find_faces(a, detector, image, milliseconds);
        keep_classes(a, classes, faces);
        faces_in_all += faces.size();
        std::vector<std::string> crops;
        if (a.align > 0) crops = write_crops(a, job, image, faces, classes, inputs, used);
        if (a.json) {
          document.push_back(json_of(job, image, faces, classes, crops));
        } else {
          const std::string best =
              faces.empty() ? "-" : fmt::format("{:.2f}", static_cast<double>(faces.front().score));
          std::printf("%-*s  %5dx%-5d  %5zu  %5s  %8.1f\n", static_cast<int>(width),
                      job.relative.string().c_str(), image.cols, image.rows, faces.size(),
                      best.c_str(), milliseconds);
        }
        const bool annotate = !a.out.empty() && a.align == 0;
        if (annotate || !a.sheet.empty())
          media::draw_detections(media::canvas_of(image), faces, classes);
        if (annotate) write_mat(free_path(annotated_path(a.out, job), inputs, used), image);
        if (!a.sheet.empty()) pictures.push_back(thumbnail(image));
      } catch (const Error& e) {
        // One bad picture does not stop the others; the exit status tells.
        std::fprintf(stderr, "faceshot: %s\n", e.what());
        ++failures;
      }
      if (show_progress) progress.update(i + 1);
    }
  }
  if (!a.sheet.empty() && !pictures.empty())
    write_mat(a.sheet, media::contact_sheet(pictures, sheet_columns, sheet_cell));
  if (a.json)
    // Linux file names need not be UTF-8; JSON must be.
    std::cout << document.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
  else
    std::printf("%zu faces in %zu images%s%s\n", faces_in_all, jobs.size() - failures,
                a.out.empty() ? ""
                : a.align > 0 ? "; aligned crops in "
                              : "; annotated pictures in ",
                a.out.c_str());
  return failures == 0 ? exit_ok : exit_failure;
}

}  // namespace

void add_detect(CLI::App& app, int& exit_code) {
  auto a = std::make_shared<DetectArguments>();
  CLI::App* const command = app.add_subcommand("detect", "Find faces in photographs");
  command->add_option("paths", a->paths, "Photographs, or folders that are searched for them")
      ->required();
  command->add_option("--out", a->out, "Folder for annotated pictures, or aligned crops");
  command
      ->add_option("--align", a->align,
                   "Write each face to --out instead, upright, in a square of so many pixels, eyes "
                   "and mouth where recognition networks expect them (ArcFace: 112)")
      ->check(CLI::Range(16, 1024));
  command->add_option("--sheet", a->sheet, "One picture with all annotated photographs");
  command->add_option("--model", a->model, "ONNX file; default: the network that FaceShot ships");
  command->add_option("--model-info", a->model_info, model_info_help);
  command->add_option("--threshold", a->options.score_threshold,
                      "Lowest score, 0 to 1; default: the model's own (faceshot inspect), or 0.7");
  command
      ->add_option("--class", a->classes,
                   "Show this class only (repeat for several); else all that the network knows")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--nms", a->options.nms_threshold, "IoU above which one of two boxes goes")
      ->capture_default_str();
  command
      ->add_option("--max-side", a->options.max_side,
                   "Larger photographs are reduced to this longer side; 0: never")
      ->capture_default_str();
  add_tile_options(*command, a->tiles);
  command->add_option("--threads", a->options.threads, "CPU threads for one photograph")
      ->capture_default_str();
  add_precision_option(*command, a->precision);
  command->add_flag("--json", a->json, "One JSON document on stdout instead of the table");
  command->footer(
      "Examples:\n"
      "  faceshot detect photo.jpg holiday/ --out faces/\n"
      "  faceshot detect photo.jpg --threshold 0.6 --max-side 1280 --json\n"
      "  faceshot detect crowd.jpg --tile 640 --threads 2 --out faces/\n"
      "  faceshot detect photo.jpg --model landmarks.onnx --align 112 --out faces/");
  command->callback([a, &exit_code] { exit_code = guarded([&] { return run(*a); }); });
}

}  // namespace faceshot::cli
