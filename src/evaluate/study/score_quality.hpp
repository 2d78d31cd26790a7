// How well scores agree with the probabilities that they should be.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace faceshot::evaluate {

/// A detection that counts, and whether it found a face.
struct JudgedScore {
  float score = 0;  ///< in [0, 1]
  bool right = false;
};

/// Detections by score, in ten bins of equal width; the last one includes 1.
struct Reliability {
  struct Bin {
    std::size_t detections = 0;
    double mean_score = 0, share_right = 0;  ///< 0 if the bin is empty
  };
  std::array<Bin, 10> bins;
  /// Expected calibration error: the mean over all detections of the difference between mean score
  /// and share of correct detections in their bin (Naeini, Cooper, Hauskrecht, AAAI 2015).
  double expected_error = 0;
  double brier_score = 0;  ///< mean square of score - (1 if correct, otherwise 0)
};

/// All 0 without detections. Thread safe.
[[nodiscard]] Reliability reliability(std::span<const JudgedScore> scores);

/// The result of reporting detections with at least a given score.
struct PrecisionRecall {
  double threshold = 0;
  double precision = 1;  ///< 1 if nothing is reported
  double recall = 0;     ///< 0 if there are no faces
  [[nodiscard]] double f1() const;
};

/// Precision and recall at any threshold. Thread safe.
class ThresholdSweep {
 public:
  /// @param scores in any order @param faces that count, found or not
  ThresholdSweep(std::span<const JudgedScore> scores, std::size_t faces);

  [[nodiscard]] PrecisionRecall at(double threshold) const;
  /// The score with the highest F1, above 0 and below 1; the highest of several. 0.5 if no face was
  /// found.
  [[nodiscard]] PrecisionRecall best() const;
  /// The recommended threshold: 0.5 if its F1 is within `tolerance` of the best; otherwise the best
  /// of the multiples of 0.1 that are, or of those of 0.05, or of 0.01; otherwise the best score
  /// itself.
  [[nodiscard]] PrecisionRecall round_figure(double tolerance = 0.005) const;

 private:
  std::vector<JudgedScore> scores_;  ///< by descending score
  std::vector<std::size_t> right_;   ///< cumulative count of correct ones
  std::size_t faces_;
};

}  // namespace faceshot::evaluate
