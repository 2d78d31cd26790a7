// Shared by the protocols of `faceshot evaluate`: options, and detections from a network or files.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/processors.hpp"
#include "data/prepared/prepared.hpp"
#include "evaluate/wider_protocol.hpp"
#include "faceshot/detector.hpp"

namespace faceshot::cli {

struct EvaluateOptions {
  std::filesystem::path model;
  std::filesystem::path model_info;
  std::filesystem::path data;
  std::vector<std::filesystem::path> negatives;
  std::filesystem::path detections;
  std::filesystem::path ground_truth;
  std::filesystem::path out;
  std::filesystem::path errors;  ///< folder for sheets; empty: none
  std::string errors_on;         ///< setting; empty: the protocol's first
  std::filesystem::path images;  ///< for result files; empty: unknown
  std::string protocol = "widerface";
  double threshold = 0.02;  // double, so that reports contain 0.02 and not 0.0199999996
  double nms = 0.45;
  std::optional<double> score;  ///< nothing: the network's threshold
  double min_face = 0;
  double margin = 0.2;        ///< mot: growth of boxes before hiding
  std::string shape = "box";  ///< mot: shape of the hidden area
  int max_side = 640;
  TileOptions tiles{.size = 0};  ///< size 0: no tiles
  int threads = base::processors();
  Precision precision = Precision::fp32;
  bool json = false;
  std::vector<std::filesystem::path> reports;  ///< .html, .md or .json
  bool no_pictures = false;
  std::vector<std::string> compare;   ///< two: folders of result files, or networks
  std::vector<std::string> at_least;  ///< "easy=0.9"
  std::size_t samples = 1000;         ///< of the bootstrap
  std::uint64_t seed = 1;
};

/// The scored detections and how they were made; `run` holds the report's fields about that.
struct Scored {
  std::string title;
  std::vector<evaluate::ImageDetections> images;
  std::vector<std::vector<Detection>> detections;  ///< the same, for the images of a prepared set
  data::PreparedSet set;
  nlohmann::ordered_json run;
  nlohmann::ordered_json made;  ///< for result files: how they were made, if known
  double seconds = 0;           ///< of detection; 0 if the detections were read
};

/// A prepared set's val.csv, or the CSV file itself. @throws Error as read_prepared
[[nodiscard]] data::PreparedSet read_data(const std::filesystem::path& data);

[[nodiscard]] Detector open_detector(const EvaluateOptions& options);

/// One thread per image: for many images that is faster than many threads on one.
/// @return per image, in its pixels
[[nodiscard]] std::vector<std::vector<Detection>> detect_all(const Detector& detector,
                                                             const data::PreparedSet& set,
                                                             const EvaluateOptions& options);

/// Runs the network on every image of --data.
[[nodiscard]] Scored run_detector(const Detector& detector, const EvaluateOptions& options);

/// Result files of any detector. @throws Error as read_result_files
[[nodiscard]] Scored read_detections(const std::filesystem::path& dir);

/// Result files of a prepared set's images, named <event>/<image>, or images/<image> for images
/// that are not in an event's folder.
/// @throws Error(invalid_argument) for an image of the set without a file
[[nodiscard]] Scored read_detections_of(const std::filesystem::path& dir,
                                        const std::filesystem::path& data);

/// A line with images per second, if a network was run.
[[nodiscard]] std::string speed_text(const Scored& scored, const EvaluateOptions& o);

/// The detections, from either source: the network on --data, or result files.
[[nodiscard]] Scored scored_of(const EvaluateOptions& options);

/// Rows for a report's tables of speed and of the run.
using RunFacts = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] RunFacts speed_facts(const Scored& scored);
[[nodiscard]] RunFacts run_facts(const Scored& scored);

/// PASCAL VOC's protocol with the prepared set's own labels.
/// @return exit code, like the following
int evaluate_voc(const EvaluateOptions& options);

/// COCO's protocol on COCO's files, or on a prepared set.
int evaluate_coco(const EvaluateOptions& options);

/// FDDB's protocol: result files, or a network on its photographs.
int evaluate_fddb(const EvaluateOptions& options);

/// Two detectors on the same images, by WIDER FACE's or PASCAL VOC's protocol.
int evaluate_pair(const EvaluateOptions& options);

/// Options for tracks only.
void add_mot_options(CLI::App& command, EvaluateOptions& options);

/// Tracks in files, by MOTChallenge's metrics and by what hiding with them leaves visible.
/// @return exit code
int evaluate_mot(const EvaluateOptions& options);

}  // namespace faceshot::cli
