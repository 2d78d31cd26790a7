#include "network_options.hpp"
#include "base/processors.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/model_file.hpp"
#include "common/open_detector.hpp"

namespace faceshot::cli {

int number_of_cores() { return std::min(base::processors(), most_threads); }

void add_network_options(CLI::App& command, NetworkArguments& a,
                         const std::string& threshold_help) {
  command.add_option("--threshold", a.threshold, threshold_help)->check(CLI::Range(0.0, 1.0));
  command
      .add_option("--max-side", a.options.max_side,
                  "Scale larger frames down to this longer side before detection; 0: never")
      ->capture_default_str();
  command.add_option("--nms", a.options.nms_threshold, "NMS IoU threshold")->capture_default_str();
  command.add_option("--model", a.model, model_help);
  command.add_option("--model-info", a.model_info, model_info_help);
  command.add_option("--threads", a.threads, "CPU threads; default: one per core")
      ->check(CLI::Range(1, most_threads))
      ->group("Speed");
  add_precision_option(command, a.precision);
}

void add_encoder_options(CLI::App& command, video::WriteOptions& write) {
  command
      .add_option("--codec", write.codec,
                  "Encoder by its FFmpeg name (libx265, libvpx-vp9); default: libx264 if the "
                  "container supports it")
      ->group("Encoding");
  command
      .add_option("--quality", write.quality,
                  "Constant rate factor; lower means better quality and larger files")
      ->check(CLI::Range(0, 63))
      ->capture_default_str()
      ->group("Encoding");
  command
      .add_option("--codec-options", write.codec_options,
                  "Encoder options, as in preset=slow:tune=grain")
      ->group("Encoding");
}

TrackingNetwork open_network(const NetworkArguments& a) {
  const std::string model = model_file(a.model).string();
  DetectorOptions options = a.options;
  const int side = options.max_side > 0 ? options.max_side : 1280;
  options.precision =
      precision_for(a.precision, model, fmt::format("{}x{}", side, std::max(1, side * 9 / 16)), 1);
  tell_if_missing(options.precision);
  options.threads = 1;
  TrackerOptions tracker;
  options.score_threshold = a.threshold;
  Detector detector = open_detector(model, a.model_info, options);
  // The user's, otherwise the model's own.
  const float sure = detector.options().score_threshold.value_or(default_score_threshold);
  tracker.high_score = tracker.birth_score = sure;
  tracker.low_score = std::min(tracker.low_score, sure);
  if (tracker.low_score < sure) {
    options.score_threshold = tracker.low_score;
    detector = open_detector(model, a.model_info, options);
  }
  return {std::move(detector), tracker, a.threads > 0 ? a.threads : number_of_cores()};
}

}  // namespace faceshot::cli
