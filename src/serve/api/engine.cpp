#include "serve/api/engine.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "faceshot/tracker.hpp"

namespace faceshot::serve {
namespace {

/// In addition to the usual one. Each keeps sessions for eight input sizes.
constexpr std::size_t most_detectors = 4;
constexpr int hiding_side = 1280;

/// A lower threshold only costs time, and using few thresholds keeps the number of detectors small.
float detector_threshold(float wanted) {
  constexpr float step = 0.05F, lowest = 0.01F;
  return std::max(lowest, std::floor(wanted / step + 1e-3F) * step);
}

bool same_use(const DetectorOptions& a, const DetectorOptions& b) {
  return a.score_threshold == b.score_threshold && a.max_side == b.max_side &&
         a.nms_threshold == b.nms_threshold;
}

}  // namespace

Engine::Engine(LoadedModel model) : model_(std::move(model)) {
  model_.options.threads = 1;
  usual_ = std::make_shared<Detector>(model_.network, model_.info, model_.options);
  constexpr int width = 640, height = 480;
  const std::vector<std::uint8_t> grey(std::size_t{3} * width * height, 128);
  (void)usual_->detect(
      {.data = grey.data(), .width = width, .height = height, .stride = std::ptrdiff_t{3} * width});
}

std::shared_ptr<const Detector> Engine::detector_with(const DetectorOptions& wanted) const {
  if (same_use(wanted, model_.options)) return usual_;
  const std::lock_guard lock(mutex_);
  const auto it = std::find_if(kept_.begin(), kept_.end(),
                               [&](const Kept& each) { return same_use(each.wanted, wanted); });
  if (it != kept_.end()) {
    kept_.splice(kept_.begin(), kept_, it);
  } else {
    kept_.push_front({wanted, std::make_shared<Detector>(model_.network, model_.info, wanted)});
    if (kept_.size() > most_detectors) kept_.pop_back();
  }
  return kept_.front().detector;
}

Engine::Choice Engine::detector_for(const LookOptions& look) const {
  DetectorOptions wanted = model_.options;
  wanted.max_side = look.max_side.value_or(wanted.max_side);
  wanted.nms_threshold = look.nms.value_or(wanted.nms_threshold);
  // Without a threshold the network's own apply, one per class.
  if (look.threshold) wanted.score_threshold = detector_threshold(*look.threshold);
  return {detector_with(wanted), look.threshold.value_or(0)};
}

Engine::Choice Engine::hiding_detector_for(const LookOptions& look, int most_side) const {
  LookOptions wanted = look;
  wanted.threshold = look.threshold.value_or(media::photograph_share * *options().score_threshold);
  if (!wanted.max_side)
    wanted.max_side = std::max(model_.options.max_side, std::min(hiding_side, most_side));
  return detector_for(wanted);
}

Engine::Choice Engine::tracking_detector_for(const LookOptions& look) const {
  LookOptions wanted = look;
  wanted.threshold =
      std::min(TrackerOptions{}.low_score, look.threshold.value_or(*options().score_threshold));
  return detector_for(wanted);
}

}  // namespace faceshot::serve
