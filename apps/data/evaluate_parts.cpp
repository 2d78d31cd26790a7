#include "evaluate_parts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <mutex>
#include <utility>

#include "base/parallel.hpp"
#include "common/console.hpp"
#include "common/model_file.hpp"
#include "common/open_detector.hpp"
#include "common/precision.hpp"
#include "data/prepared/classes.hpp"
#include "data/prepared/splits.hpp"
#include "evaluate/result_files.hpp"
#include "faceshot/error.hpp"
#include "geometry/box_convert.hpp"
#include "media/opencv.hpp"

namespace faceshot::cli {
namespace {

using evaluate::ImageDetections;

namespace fs = std::filesystem;

/// Result files are in folders named after events: images outside folders get this one, images in
/// nested folders one with all their names.
std::string event_of(const fs::path& image) {
  std::string event = image.has_parent_path() ? image.parent_path().string() : "images";
  for (std::size_t at = event.find('/'); at != std::string::npos; at = event.find('/', at))
    event.replace(at, 1, "__");
  return event;
}

/// From /proc/cpuinfo; empty if it has none.
std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line))
    if (line.starts_with("model name") && line.find(": ") != std::string::npos)
      return line.substr(line.find(": ") + 2);
  return {};
}

/// How the network was run for the result files, if a report of that run is beside them.
nlohmann::ordered_json run_beside(const fs::path& dir) {
  std::ifstream file(dir.parent_path() / "report.json");
  if (!file) return {};
  const auto report = nlohmann::ordered_json::parse(file, nullptr, false);
  nlohmann::ordered_json run;
  if (!report.is_object()) return run;
  for (const char* const key : {"model", "data", "max_side", "threshold", "nms", "tile", "threads",
                                "precision", "cpu", "seconds", "images_per_second"})
    if (report.contains(key)) run[key] = report[key];
  return run;
}

fs::path model_of(const EvaluateOptions& o) { return model_file(o.model.string()); }

}  // namespace

data::PreparedSet read_data(const fs::path& data) {
  return data::read_prepared(data::split_files(data, "val").front());
}

Detector open_detector(const EvaluateOptions& o) {
  tell_if_missing(o.precision);
  return open_detector(model_of(o).string(), o.model_info.string(),
                       {.score_threshold = static_cast<float>(o.threshold),
                        .nms_threshold = static_cast<float>(o.nms),
                        .max_side = o.max_side,
                        .precision = o.precision});
}

std::vector<std::vector<Detection>> detect_all(const Detector& detector,
                                               const data::PreparedSet& set,
                                               const EvaluateOptions& o) {
  std::vector<std::vector<Detection>> detections(set.records.size());
  Progress progress("detecting", set.records.size());
  std::mutex progress_mutex;
  std::size_t done = 0;
  base::parallel_for(set.records.size(), o.threads, [&](std::size_t i) {
    const cv::Mat pixels = media::read_mat(set.images_dir / set.records[i].image);
    detections[i] = o.tiles.size > 0 ? detector.detect_tiled(media::view_of(pixels), o.tiles)
                                     : detector.detect(media::view_of(pixels));
    const std::lock_guard lock(progress_mutex);
    progress.update(++done);
  });
  return detections;
}

/// A network of one class detects whatever the set calls a face; with several, each class keeps its
/// name.
void use_network_classes(const std::vector<std::string>& classes, const EvaluateOptions& o,
                         data::PreparedSet& set) {
  if (classes.size() == 1) return;
  if (std::none_of(classes.begin(), classes.end(), [&](const std::string& name) {
        return std::find(set.classes.begin(), set.classes.end(), name) != set.classes.end();
      }))
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("the network has the classes {}, '{}' has {}; they share none",
                    fmt::join(classes, ", "), o.data.string(), fmt::join(set.classes, ", ")));
  data::use_classes(set, classes);
}

Scored run_detector(const Detector& detector, const EvaluateOptions& o) {
  Scored scored;
  scored.set = read_data(o.data);
  use_network_classes(detector.info().classes, o, scored.set);
  const auto start = std::chrono::steady_clock::now();
  scored.detections = detect_all(detector, scored.set, o);
  scored.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  for (std::size_t i = 0; i < scored.detections.size(); ++i) {
    const fs::path image = scored.set.records[i].image;
    scored.images.push_back({event_of(image), image.stem().string(), {}});
    for (const Detection& detection : scored.detections[i])
      scored.images.back().boxes.push_back(evaluate::to_scored_box(detection));
  }
  const fs::path model = model_of(o);
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
                {"cpu", cpu_name()},
                {"seconds", scored.seconds},
                {"images_per_second",
                 static_cast<double>(scored.images.size()) / std::max(scored.seconds, 1e-9)}};
  return scored;
}

Scored read_detections(const fs::path& dir) {
  Scored scored;
  scored.images = evaluate::read_result_files(dir);
  const fs::path normal = fs::absolute(dir).lexically_normal();
  const fs::path folder = normal.has_filename() ? normal : normal.parent_path();
  scored.title = folder.filename().string();
  // "detections" is the name of every run's folder.
  if (scored.title == "detections" && folder.has_parent_path())
    scored.title = folder.parent_path().filename().string();
  scored.run = {{"detections_dir", dir.string()}};
  scored.made = run_beside(folder);
  if (const auto model = scored.made.find("model");
      model != scored.made.end() && model->is_string())
    scored.title = fs::path(model->get<std::string>()).filename().string();
  return scored;
}

Scored read_detections_of(const fs::path& dir, const fs::path& data) {
  Scored scored = read_detections(dir);
  scored.set = read_data(data);
  scored.run["data"] = data.string();
  std::map<std::pair<std::string, std::string>, const ImageDetections*> by_name;
  for (const ImageDetections& image : scored.images) by_name[{image.event, image.image}] = &image;
  std::vector<ImageDetections> images;
  for (const geometry::ImageRecord& record : scored.set.records) {
    const fs::path image = record.image;
    const auto found = by_name.find({event_of(image), image.stem().string()});
    if (found == by_name.end())
      throw Error(ErrorCode::invalid_argument, dir.string() + " has no result file of " +
                                                   record.image + ", which " + data.string() +
                                                   " names");
    images.push_back(*found->second);
    scored.detections.emplace_back();
    for (const evaluate::ScoredBox& b : images.back().boxes)
      scored.detections.back().push_back(
          {geometry::from_xywh({static_cast<float>(b.x), static_cast<float>(b.y),
                                static_cast<float>(b.w), static_cast<float>(b.h)}),
           static_cast<float>(b.score)});
  }
  scored.images = std::move(images);
  return scored;
}

Scored scored_of(const EvaluateOptions& o) {
  if (o.detections.empty()) return run_detector(open_detector(o), o);
  return o.data.empty() ? read_detections(o.detections) : read_detections_of(o.detections, o.data);
}

RunFacts speed_facts(const Scored& scored) {
  const nlohmann::ordered_json& run = scored.made.empty() ? scored.run : scored.made;
  if (!run.contains("images_per_second") || !run["images_per_second"].is_number()) return {};
  const double rate = run["images_per_second"].get<double>();
  const auto text = [&](const char* key) {
    const auto value = run.find(key);
    if (value == run.end()) return std::string("unknown");
    return value->is_string() ? value->get<std::string>() : value->dump();
  };
  return {{"images per second, including reading", fmt::format("{:.1f}", rate)},
          {"milliseconds per image", fmt::format("{:.1f}", 1000 / std::max(rate, 1e-9))},
          {"threads", text("threads")},
          {"precision", text("precision")},
          {"CPU", text("cpu")}};
}

RunFacts run_facts(const Scored& scored) {
  RunFacts facts;
  for (const nlohmann::ordered_json& run : {scored.run, scored.made})
    for (const auto& [key, value] : run.items()) {
      if (key == "seconds" || key == "images_per_second" || key == "cpu") continue;
      // Paths of the machine are not published: only the last component is.
      std::string text = value.is_string() ? value.get<std::string>() : value.dump();
      if (text.find('/') != std::string::npos) {
        const fs::path path = fs::path(text).lexically_normal();
        text = (path.has_filename() ? path : path.parent_path()).filename().string();
      }
      facts.emplace_back(key, text);
    }
  return facts;
}

std::string speed_text(const Scored& scored, const EvaluateOptions& o) {
  if (!(scored.seconds > 0)) return {};
  return fmt::format("{} images in {}: {:.1f} images/s with {} threads in {}\n",
                     scored.images.size(), duration_text(scored.seconds),
                     static_cast<double>(scored.images.size()) / scored.seconds, o.threads,
                     precision_name(o.precision));
}

}  // namespace faceshot::cli
