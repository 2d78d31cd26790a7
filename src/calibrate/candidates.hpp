// The raw candidates of a single-shot network on a photograph before NMS, with their priors; and
// what the detector would report with other scores.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "calibrate/platt_scaling.hpp"
#include "faceshot/image_view.hpp"
#include "faceshot/model_info.hpp"
#include "faceshot/network.hpp"
#include "faceshot/nms.hpp"
#include "faceshot/prior.hpp"

namespace faceshot::calibrate {

/// The priors of a cell of each level, one level after the other, are the network's kinds of
/// priors: each has logits of its own, in channels of their own.
[[nodiscard]] std::size_t prior_kinds(const PriorSpec& priors);
/// The kind of each prior, in the order of make_priors(). @param features a size each level
[[nodiscard]] std::vector<std::size_t> kinds_of_priors(const PriorSpec& priors,
                                                       std::span<const FeatureSize> features);

struct Candidate {
  Box box;               ///< pixels of the network's input
  float logit = 0;       ///< of face against background
  std::size_t kind = 0;  ///< of its prior, below prior_kinds()
};

struct ImageCandidates {
  std::vector<Candidate> candidates;  ///< in the order of the priors
  int width = 0, height = 0;          ///< of the photograph
  float scale_x = 1, scale_y = 1;     ///< from pixels of the input to those of the photograph
};

/// What the detector would show, and which candidate each is.
struct KeptCandidates {
  std::vector<Detection> detections;   ///< as Detector::detect gives them, without landmarks
  std::vector<std::size_t> candidate;  ///< of each detection
};

/// @param maps one for each kind of prior, applied to its logits
/// @return what Detector::detect gives with its default number of detections, but for those that
///         the candidates' floor has cut off. Thread safe.
[[nodiscard]] KeptCandidates keep_candidates(const ImageCandidates& image,
                                             std::span<const PlattMap> maps, float nms_threshold);

/// Runs a network on photographs. Thread safe, as Detector is.
class CandidateReader {
 public:
  /// @param max_side as DetectorOptions::max_side
  /// @param floor score in (0, 1) from which on a prior is a candidate
  /// @throws Error(unsupported) for a network that is no SSD, has several classes, or gives
  ///         probabilities instead of logits
  CandidateReader(Network network, ModelInfo info, int max_side, float floor);
  ~CandidateReader();
  CandidateReader(const CandidateReader&) = delete;
  CandidateReader& operator=(const CandidateReader&) = delete;

  /// @throws Error(invalid_argument) for an empty view; Error(format) if the network's outputs do
  ///         not fit what the file says of its priors
  [[nodiscard]] ImageCandidates read(const ImageView& image) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::calibrate
