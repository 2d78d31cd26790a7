#include "evaluate/study/score_quality.hpp"

#include <algorithm>
#include <cmath>

namespace faceshot::evaluate {

Reliability reliability(std::span<const JudgedScore> scores) {
  Reliability result;
  for (const JudgedScore& s : scores) {
    const auto bin = std::min<std::size_t>(9, static_cast<std::size_t>(10 * s.score));
    ++result.bins[bin].detections;
    result.bins[bin].mean_score += double{s.score};
    result.bins[bin].share_right += s.right ? 1 : 0;
    const double error = double{s.score} - (s.right ? 1 : 0);
    result.brier_score += error * error;
  }
  for (Reliability::Bin& bin : result.bins) {
    if (bin.detections == 0) continue;
    result.expected_error += std::abs(bin.mean_score - bin.share_right);
    bin.mean_score /= static_cast<double>(bin.detections);
    bin.share_right /= static_cast<double>(bin.detections);
  }
  const double count = std::max<double>(1, static_cast<double>(scores.size()));
  result.expected_error /= count;
  result.brier_score /= count;
  return result;
}

double PrecisionRecall::f1() const {
  const double sum = precision + recall;
  return sum > 0 ? 2 * precision * recall / sum : 0;
}

ThresholdSweep::ThresholdSweep(std::span<const JudgedScore> scores, std::size_t faces)
    : scores_(scores.begin(), scores.end()), faces_(faces) {
  std::stable_sort(scores_.begin(), scores_.end(),
                   [](const JudgedScore& a, const JudgedScore& b) { return a.score > b.score; });
  right_.push_back(0);
  for (const JudgedScore& s : scores_) right_.push_back(right_.back() + (s.right ? 1 : 0));
}

PrecisionRecall ThresholdSweep::at(double threshold) const {
  // Compared in float, like in the detector.
  const auto first_below = std::partition_point(
      scores_.begin(), scores_.end(),
      [&](const JudgedScore& s) { return s.score >= static_cast<float>(threshold); });
  const auto shown = static_cast<std::size_t>(first_below - scores_.begin());
  PrecisionRecall result{.threshold = threshold};
  const auto right = static_cast<double>(right_[shown]);
  if (shown > 0) result.precision = right / static_cast<double>(shown);
  if (faces_ > 0) result.recall = right / static_cast<double>(faces_);
  return result;
}

PrecisionRecall ThresholdSweep::best() const {
  double best_threshold = 0.5, best_f1 = 0;
  for (std::size_t i = 0; i < scores_.size(); ++i) {
    if (!scores_[i].right || scores_[i].score >= 1 || scores_[i].score <= 0) continue;
    const double f1 = 2 * static_cast<double>(right_[i + 1]) / static_cast<double>(i + 1 + faces_);
    if (f1 <= best_f1) continue;
    best_f1 = f1;
    best_threshold = double{scores_[i].score};
  }
  return at(best_threshold);
}

PrecisionRecall ThresholdSweep::round_figure(double tolerance) const {
  const PrecisionRecall highest = best();
  const double enough = highest.f1() - tolerance;
  if (const PrecisionRecall half = at(0.5); half.f1() >= enough) return half;
  for (const int steps : {10, 20, 100}) {
    PrecisionRecall roundest;
    for (int i = 1; i < steps; ++i)
      if (const PrecisionRecall point = at(static_cast<double>(i) / steps);
          point.f1() > roundest.f1())
        roundest = point;
    if (roundest.f1() >= enough) return roundest;
  }
  return highest;
}

}  // namespace faceshot::evaluate
