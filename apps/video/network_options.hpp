// Which network processes films and photographs, and how.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "common/precision.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/tracker.hpp"
#include "video/writing/film_writer.hpp"

namespace faceshot::cli {

struct NetworkArguments {
  std::string model, model_info;
  std::optional<float> threshold;  ///< of high-score faces; none: the model's own
  DetectorOptions options{};
  PrecisionChoice precision = PrecisionChoice::automatic;
  int threads = 0;  ///< 0: one per core
};

/// --model, --model-info, --threshold, --max-side, --nms, --threads, --precision.
/// @param arguments must outlive the parsing; their values are the defaults
/// @param threshold_help of --threshold
void add_network_options(CLI::App& command, NetworkArguments& arguments,
                         const std::string& threshold_help);

/// --codec, --quality, --codec-options.
void add_encoder_options(CLI::App& command, video::WriteOptions& write);

/// The detector, and which of its detections start or continue tracks.
struct TrackingNetwork {
  Detector detector;
  TrackerOptions tracker;
  int threads = 1;
};

/// The detector returns everything down to TrackerOptions::low_score; one thread per image.
/// @throws Error as Detector
[[nodiscard]] TrackingNetwork open_network(const NetworkArguments& arguments);

/// Cores of this machine, at least 1.
[[nodiscard]] int number_of_cores();

}  // namespace faceshot::cli
