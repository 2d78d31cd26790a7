// faceshot detect
#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/default_model.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/error.hpp"
#include "media/draw.hpp"
#include "media/image_file.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

struct DetectArguments {
  std::vector<std::string> paths;
  std::string model, out, sheet;
  DetectorOptions options{};
  bool json = false;
};

/// An image to work on, and its name relative to what the user gave.
struct Job {
  fs::path file, relative;
};

std::vector<Job> jobs_of(const std::vector<std::string>& paths) {
  std::vector<Job> jobs;
  for (const fs::path path : paths)
    for (const fs::path& file : list_images({path}))
      jobs.push_back(
          {file, fs::is_directory(path) ? file.lexically_relative(path) : file.filename()});
  return jobs;
}

/// Where an annotated picture goes: never over an input, never over another picture of this run.
fs::path output_path(const fs::path& out, const Job& job, std::set<fs::path>& used) {
  fs::path target = out / job.relative;
  std::error_code failed;
  for (int n = 2; used.contains(target) || fs::equivalent(target, job.file, failed); ++n)
    target = out / job.relative.parent_path() /
             (job.relative.stem().string() + "-" + std::to_string(n) +
              job.relative.extension().string());
  used.insert(target);
  fs::create_directories(target.parent_path(), failed);
  if (failed)
    throw Error(ErrorCode::io,
                "cannot make '" + target.parent_path().string() + "': " + failed.message());
  return target;
}

nlohmann::json json_of(const Job& job, const cv::Mat& image, const std::vector<Detection>& faces) {
  nlohmann::json list = nlohmann::json::array();
  for (const Detection& d : faces)
    list.push_back({{"x1", d.box.x1},
                    {"y1", d.box.y1},
                    {"x2", d.box.x2},
                    {"y2", d.box.y2},
                    {"score", d.score}});
  return {{"file", job.file.string()},
          {"width", image.cols},
          {"height", image.rows},
          {"faces", std::move(list)}};
}

int run(const DetectArguments& a) {
  const auto jobs = jobs_of(a.paths);
  const Detector detector((a.model.empty() ? default_model() : fs::path(a.model)).string(),
                          a.options);
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
  {
    Progress progress("detecting", jobs.size());
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const Job& job = jobs[i];
      try {
        cv::Mat image = read_image(job.file);
        DetectTimings t;
        const auto faces = detector.detect(view_of(image), &t);
        faces_in_all += faces.size();
        if (a.json) {
          document.push_back(json_of(job, image, faces));
        } else {
          char best[16] = "-";
          if (!faces.empty())
            std::snprintf(best, sizeof best, "%.2f", static_cast<double>(faces.front().score));
          std::printf("%-*s  %5dx%-5d  %5zu  %5s  %8.1f\n", static_cast<int>(width),
                      job.relative.string().c_str(), image.cols, image.rows, faces.size(), best,
                      t.preprocess + t.network + t.postprocess);
        }
        if (a.out.empty() && a.sheet.empty()) continue;
        draw_detections(image, faces);
        if (!a.out.empty()) write_image(output_path(a.out, job, used), image);
        if (!a.sheet.empty()) pictures.push_back(image);
      } catch (const Error& e) {
        // One bad picture does not stop the others; the exit status tells.
        std::fprintf(stderr, "faceshot: %s\n", e.what());
        ++failures;
      }
      progress.update(i + 1);
    }
  }
  if (!a.sheet.empty() && !pictures.empty())
    write_image(a.sheet, contact_sheet(pictures, 3, {480, 360}));
  if (a.json)
    std::cout << document.dump(1) << "\n";
  else
    std::printf("%zu faces in %zu images%s%s\n", faces_in_all, jobs.size() - failures,
                a.out.empty() ? "" : "; annotated pictures in ", a.out.c_str());
  return failures == 0 ? exit_ok : exit_failure;
}

}  // namespace

void add_detect(CLI::App& app, int& exit_code) {
  auto a = std::make_shared<DetectArguments>();
  CLI::App* const command = app.add_subcommand("detect", "Find faces in photographs");
  command->add_option("paths", a->paths, "Photographs, or folders that are searched for them")
      ->required();
  command->add_option("--out", a->out, "Folder for annotated pictures");
  command->add_option("--sheet", a->sheet, "One picture with all annotated photographs");
  command->add_option("--model", a->model, "ONNX file; default: the network that FaceShot ships");
  command->add_option("--threshold", a->options.score_threshold, "Lowest score, 0 to 1")
      ->capture_default_str();
  command->add_option("--nms", a->options.nms_threshold, "IoU above which one of two boxes goes")
      ->capture_default_str();
  command
      ->add_option("--max-side", a->options.max_side,
                   "Larger photographs are reduced to this longer side; 0: never")
      ->capture_default_str();
  command->add_option("--threads", a->options.threads, "CPU threads for one photograph")
      ->capture_default_str();
  command->add_flag("--json", a->json, "One JSON document on stdout instead of the table");
  command->footer(
      "Examples:\n"
      "  faceshot detect photo.jpg holiday/ --out faces/\n"
      "  faceshot detect photo.jpg --threshold 0.6 --max-side 1280 --json");
  command->callback([a, &exit_code] { exit_code = guarded([&] { return run(*a); }); });
}

}  // namespace faceshot::cli
