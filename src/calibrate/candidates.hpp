// The raw candidates of a single-shot network on a photograph before NMS, with their priors; and
// the detections that would result from other scores.
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

/// A network's kinds of priors are the priors of one cell of each level, one level after the other:
/// each has its own logits, in its own channels.
[[nodiscard]] std::size_t prior_kinds(const PriorSpec& priors);
/// The kind of each prior, in the order of make_priors(). @param features one size per level
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
  float scale_x = 1, scale_y = 1;     ///< from pixels of the input to pixels of the photograph
};

/// The detections that would be reported, and the candidate behind each.
struct KeptCandidates {
  std::vector<Detection> detections;   ///< as from Detector::detect, without landmarks
  std::vector<std::size_t> candidate;  ///< of each detection
};

/// @param maps one per kind of prior, applied to its logits
/// @return the result of Detector::detect with its default number of detections, except for those
///         below the candidates' floor. Thread safe.
[[nodiscard]] KeptCandidates keep_candidates(const ImageCandidates& image,
                                             std::span<const PlattMap> maps, float nms_threshold);

/// Runs a network on photographs. Thread safe, as Detector is.
class CandidateReader {
 public:
  /// @param max_side as DetectorOptions::max_side
  /// @param floor minimum score of a candidate, in (0, 1)
  /// @throws Error(unsupported) for a network that is not an SSD, has several classes, or outputs
  ///         probabilities instead of logits
  CandidateReader(Network network, ModelInfo info, int max_side, float floor);
  ~CandidateReader();
  CandidateReader(const CandidateReader&) = delete;
  CandidateReader& operator=(const CandidateReader&) = delete;

  /// @throws Error(invalid_argument) for an empty view; Error(format) if the network's outputs do
  ///         not fit the priors in the file
  [[nodiscard]] ImageCandidates read(const ImageView& image) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::calibrate
