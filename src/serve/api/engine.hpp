// The network that is loaded, and its detectors by option.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "faceshot/detector.hpp"
#include "serve/api/options.hpp"

namespace faceshot::serve {

/// A network and how it is used where a request does not say.
struct LoadedModel {
  Network network;
  ModelInfo info;
  DetectorOptions options{};
};

/// What looks at photographs. Thread safe; requests hold it until they are done, so that another
/// may take its place at any time.
class Engine {
 public:
  /// Runs the network once at its usual size, so that the first request does not wait.
  /// @param model looked at with one thread a photograph, whatever its options say
  /// @throws Error as Detector
  explicit Engine(LoadedModel model);

  /// A detector for a request, and the score from which its findings count: the detector may give
  /// lower ones. Detectors are kept for the few sets of options that were used last.
  struct Choice {
    std::shared_ptr<const Detector> detector;
    float threshold;  ///< below: not wanted. 0: all are
  };
  [[nodiscard]] Choice detector_for(const LookOptions& options) const;
  /// The same for photographs whose faces are to be hidden: at a side of 1280 where that is more,
  /// and from three fifths of the threshold on, as `faceshot anonymize` does it.
  [[nodiscard]] Choice hiding_detector_for(const LookOptions& options, int most_side) const;
  /// The same for frames of a stream: all down to what a tracker goes on with.
  [[nodiscard]] Choice tracking_detector_for(const LookOptions& options) const;

  [[nodiscard]] const ModelInfo& info() const noexcept { return model_.info; }
  /// In effect where a request does not say.
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
