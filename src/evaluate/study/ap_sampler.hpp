// Average precision of a set in which images are left out or repeated: the basis of confidence
// intervals and of figures for a part of the images. Immutable, so thread safe.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evaluate/average_precision.hpp"
#include "evaluate/false_positives.hpp"
#include "evaluate/wider_protocol.hpp"

namespace faceshot::evaluate {

class ApSampler {
 public:
  /// WIDER FACE's AP: at 1,000 thresholds between the lowest and the highest score of the whole
  /// set, whatever is left out.
  /// @param judgement of the whole set @param images that it was computed from @param scores of the
  /// whole
  [[nodiscard]] static ApSampler wider(const Judgement& judgement,
                                       std::span<const LabelledDetections> images,
                                       const ScoreRange& scores);
  /// The area under the envelope over all detections in one ranking.
  [[nodiscard]] static ApSampler ranked(const Judgement& judgement,
                                        std::span<const LabelledDetections> images);
  /// average_precision().
  [[nodiscard]] static ApSampler voc(std::span<const ImageEvaluation> images);

  [[nodiscard]] std::size_t images() const { return faces_.size(); }

  /// @param times how often each image is taken; as many as images() @return 0 if no face is left
  [[nodiscard]] double ap(std::span<const std::uint32_t> times) const;
  /// Of the unchanged set.
  [[nodiscard]] double ap() const;

 private:
  /// Detections of one image that are first admitted by the same threshold.
  struct Step {
    std::uint32_t image = 0, threshold = 0;
    std::uint32_t proposals = 0, hits = 0;
  };

  void add(std::size_t image, std::size_t threshold, bool hit);
  void finish();

  std::vector<Step> steps_;  ///< by threshold
  std::vector<std::uint32_t> faces_;
};

}  // namespace faceshot::evaluate
