// The loaded network, and its detectors by option.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "faceshot/detector.hpp"
#include "serve/api/options.hpp"

namespace faceshot::serve {

/// A network and its default options for requests.
struct LoadedModel {
  Network network;
  ModelInfo info;
  DetectorOptions options{};
};

/// Detects faces in photographs. Thread safe; requests hold it until they are done, so it can be
/// replaced at any time.
class Engine {
 public:
  /// Runs the network once at its usual size, so that the first request does not wait.
  /// @param model uses one thread per photograph, whatever its options say
  /// @throws Error as Detector
  explicit Engine(LoadedModel model);

  /// A detector for a request, and the minimum score of its results: the detector may return lower
  /// ones. Detectors are kept for the most recently used sets of options.
  struct Choice {
    std::shared_ptr<const Detector> detector;
    float threshold;  ///< results below it are dropped; 0: none are
  };
  [[nodiscard]] Choice detector_for(const LookOptions& options) const;
  /// The same for photographs whose faces are to be hidden: with a side of at least 1280, and three
  /// fifths of the threshold, as in `faceshot anonymize`.
  [[nodiscard]] Choice hiding_detector_for(const LookOptions& options, int most_side) const;
  /// The same for frames of a stream: keeps everything that a tracker uses.
  [[nodiscard]] Choice tracking_detector_for(const LookOptions& options) const;

  [[nodiscard]] const ModelInfo& info() const noexcept { return model_.info; }
  /// The defaults for requests.
  [[nodiscard]] const DetectorOptions& options() const noexcept { return usual_->options(); }

 private:
  [[nodiscard]] std::shared_ptr<const Detector> detector_with(const DetectorOptions& wanted) const;

  LoadedModel model_;
  std::shared_ptr<const Detector> usual_;
  mutable std::mutex mutex_;
  struct Kept {
    DetectorOptions wanted;
    std::shared_ptr<const Detector> detector;
  };
  mutable std::list<Kept> kept_;  ///< most recently used first
};

}  // namespace faceshot::serve
