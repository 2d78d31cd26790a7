// A set whose detections are judged once per setting: the source of figures of parts, curves and
// thresholds. Immutable, so thread safe.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "evaluate/study/ap_sampler.hpp"
#include "evaluate/study/evaluated_set.hpp"
#include "evaluate/study/score_quality.hpp"

namespace faceshot::evaluate {

/// Which AP: WIDER FACE's at 1,000 thresholds, or the area over all detections in one ranking.
enum class ApKind : std::uint8_t { wider, ranked };

class JudgedSet {
 public:
  /// @param set must outlive this @param scores for ApKind::wider: of the whole set
  JudgedSet(const EvaluatedSet& set, ApKind kind, const ScoreRange& scores);

  [[nodiscard]] const EvaluatedSet& set() const { return *set_; }
  [[nodiscard]] std::size_t settings() const { return judgements_.size(); }
  [[nodiscard]] std::size_t images() const { return set_->names.size(); }
  [[nodiscard]] const Judgement& judgement(std::size_t setting) const {
    return judgements_[setting];
  }
  [[nodiscard]] const std::vector<LabelledDetections>& views(std::size_t setting) const {
    return views_[setting];
  }
  [[nodiscard]] ApSampler sampler(std::size_t setting) const;

  /// AP of the faces that count in the setting and for which `keep(image, face)` is true. A
  /// detection of another face does not count, as in WIDER's settings; one without a face is still
  /// a false positive.
  [[nodiscard]] double ap_of_faces(std::size_t setting,
                                   const std::function<bool(std::size_t, std::size_t)>& keep) const;

 private:
  [[nodiscard]] ApSampler sampler_of(const Judgement& judgement,
                                     std::span<const LabelledDetections> images) const;

  const EvaluatedSet* set_;
  ApKind kind_;
  ScoreRange scores_;
  std::vector<std::vector<LabelledDetections>> views_;
  std::vector<Judgement> judgements_;
};

/// The result of reporting detections with at least a given score.
struct ThresholdRow {
  PrecisionRecall at;
  double false_alarms_per_image = 0;
};

struct ThresholdTable {
  std::vector<ThresholdRow> rows;  ///< by increasing threshold
  ThresholdRow recommended;        ///< ThresholdSweep::round_figure()
};

/// At 0.1, 0.2 ... 0.9 if all scores are in [0, 1], otherwise at the scores at which a tenth, two
/// tenths ... of all faces ever found are found.
[[nodiscard]] ThresholdTable threshold_table(const JudgedSet& set, std::size_t setting);

/// Scores of detections that count, and whether each is a face. Empty if a score is not in [0, 1]:
/// then scores are not probabilities.
[[nodiscard]] std::vector<JudgedScore> judged_scores(const JudgedSet& set, std::size_t setting);

/// A point of the curves.
struct CurvePoint {
  double score = 0, recall = 0, precision = 1, false_alarms_per_image = 0;
};

/// Recall, precision and false positives at descending scores: at most this many points, evenly
/// spaced in recall; the last is at the lowest score.
[[nodiscard]] std::vector<CurvePoint> curve_of(const JudgedSet& set, std::size_t setting,
                                               std::size_t points = 200);

}  // namespace faceshot::evaluate
