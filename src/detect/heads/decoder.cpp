#include "detect/heads/decoder.hpp"

#include <algorithm>
#include <cmath>

#include "faceshot/box_coding.hpp"

namespace faceshot::detect {
namespace {

/// Calls found(prior, label, score) for each class of each prior that reaches the threshold.
template <typename Found>
void for_each_over(const float* conf, std::size_t priors, std::size_t classes, Scores scores,
                   float threshold, const Found& found) {
  if (scores == Scores::probabilities) {
    for (std::size_t p = 0; p < priors; ++p)
      for (std::size_t c = 1; c <= classes; ++c) {
        const float score = conf[p * (classes + 1) + c];
        if (score >= threshold) found(p, static_cast<int>(c) - 1, score);
      }
    return;
  }
  if (classes == 1) {
    const float margin = std::log(threshold / (1 - threshold));
    for (std::size_t p = 0; p < priors; ++p) {
      const float difference = conf[2 * p + 1] - conf[2 * p];
      if (difference >= margin) found(p, 0, 1 / (1 + std::exp(-difference)));
    }
    return;
  }
  for (std::size_t p = 0; p < priors; ++p) {
    const float* const logits = conf + p * (classes + 1);
    const float largest = *std::max_element(logits, logits + classes + 1);
    float sum = 0;
    for (std::size_t c = 0; c <= classes; ++c) sum += std::exp(logits[c] - largest);
    for (std::size_t c = 1; c <= classes; ++c) {
      const float score = std::exp(logits[c] - largest) / sum;
      if (score >= threshold) found(p, static_cast<int>(c) - 1, score);
    }
  }
}

}  // namespace

void decode_detections(const float* loc, const float* conf, const float* landmarks,
                       std::span<const Prior> priors, const std::array<float, 4>& variances,
                       std::size_t classes, float score_threshold, std::size_t keep_top,
                       std::vector<Detection>& candidates, Scores scores) {
  candidates.clear();
  for_each_over(
      conf, priors.size(), classes, scores, score_threshold,
      [&](std::size_t p, int label, float score) {
        const BoxOffsets offsets{loc[4 * p], loc[4 * p + 1], loc[4 * p + 2], loc[4 * p + 3]};
        const Box box = decode(offsets, priors[p], variances);
        if (!finite(box)) return;
        candidates.push_back({box, score, label});
        if (landmarks == nullptr) return;
        LandmarkOffsets coded;
        std::copy_n(landmarks + coded.size() * p, coded.size(), coded.begin());
        const Landmarks points = decode_landmarks(coded, priors[p], variances);
        if (finite(points)) candidates.back().landmarks = points;
      });
  keep_best(keep_top, candidates);
}

void keep_best(std::size_t keep_top, std::vector<Detection>& candidates) {
  if (keep_top == 0 || candidates.size() <= keep_top) return;
  // Stable, so that ties at the limit are resolved in prior order on every machine.
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Detection& a, const Detection& b) { return a.score > b.score; });
  candidates.resize(keep_top);
}

}  // namespace faceshot::detect
