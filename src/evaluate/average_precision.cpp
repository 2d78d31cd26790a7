#include "evaluate/average_precision.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot::evaluate {
namespace {

struct DetectionJudgement {
  DetectionVerdict verdict;
  std::size_t face = 0;  ///< the one found by a true positive
};

/// Judges one detection and marks the face it found in `found`.
DetectionJudgement judge(const Box& box, std::span<const GroundTruthBox> truth, float iou_threshold,
                         std::vector<char>& found) {
  std::size_t best = truth.size();
  float best_iou = 0;
  bool excused = false;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const float overlap = iou(box, truth[i].box);
    if (truth[i].ignore) {
      excused =
          excused || overlap >= iou_threshold || coverage(box, truth[i].box) >= excused_coverage;
    } else if (overlap > best_iou) {
      best_iou = overlap;
      best = i;
    }
  }
  if (best_iou >= iou_threshold) {
    if (found[best] != 0) return {DetectionVerdict::false_positive};
    found[best] = 1;
    return {DetectionVerdict::true_positive, best};
  }
  return {excused ? DetectionVerdict::ignored : DetectionVerdict::false_positive};
}

struct Ranked {
  float score;
  std::size_t image;
  std::size_t index;
};

void check_threshold(float iou_threshold) {
  if (!(iou_threshold > 0 && iou_threshold <= 1))
    throw Error(ErrorCode::invalid_argument,
                "average_precision: the IoU threshold must be in (0, 1], it is " +
                    std::to_string(iou_threshold));
}

/// By descending score, ties in the given order.
/// @throws Error(invalid_argument) for a score that is NaN
std::vector<Ranked> in_order(std::span<const ImageEvaluation> images) {
  std::vector<Ranked> order;
  for (std::size_t i = 0; i < images.size(); ++i)
    for (std::size_t j = 0; j < images[i].detections.size(); ++j) {
      const float score = images[i].detections[j].score;
      if (std::isnan(score))
        throw Error(ErrorCode::invalid_argument, "average_precision: detection " +
                                                     std::to_string(j) + " of image " +
                                                     std::to_string(i) + " has no score (NaN)");
      order.push_back({score, i, j});
    }
  std::stable_sort(order.begin(), order.end(),
                   [](const Ranked& a, const Ranked& b) { return a.score > b.score; });
  return order;
}

/// All detections of all images that count, by descending score.
struct Ranking {
  std::size_t faces = 0;
  std::vector<float> scores;
  std::vector<bool> hits;            ///< for each: a found face, or a false positive
  std::vector<std::size_t> images;   ///< of each
  std::vector<MatchedFace> matches;  ///< of the hits, in this order
};

Ranking rank(std::span<const ImageEvaluation> images, float iou_threshold) {
  check_threshold(iou_threshold);
  const std::vector<Ranked> order = in_order(images);
  std::vector<std::vector<char>> found(images.size());
  Ranking ranking;
  for (std::size_t i = 0; i < images.size(); ++i) {
    found[i].resize(images[i].truth.size());
    ranking.faces += static_cast<std::size_t>(
        std::count_if(images[i].truth.begin(), images[i].truth.end(),
                      [](const GroundTruthBox& face) { return !face.ignore; }));
  }
  for (const Ranked& r : order) {
    const ImageEvaluation& image = images[r.image];
    const auto [verdict, face] =
        judge(image.detections[r.index].box, image.truth, iou_threshold, found[r.image]);
    if (verdict == DetectionVerdict::ignored) continue;
    ranking.scores.push_back(r.score);
    ranking.hits.push_back(verdict == DetectionVerdict::true_positive);
    ranking.images.push_back(r.image);
    if (ranking.hits.back()) ranking.matches.push_back({r.image, r.index, face});
  }
  return ranking;
}

}  // namespace

bool is_excused(const Box& box, std::span<const GroundTruthBox> truth) {
  return std::any_of(truth.begin(), truth.end(), [&](const GroundTruthBox& face) {
    return face.ignore && coverage(box, face.box) >= excused_coverage;
  });
}

std::vector<DetectionVerdict> verdicts(const ImageEvaluation& image, float iou_threshold) {
  check_threshold(iou_threshold);
  std::vector<char> found(image.truth.size());
  std::vector<DetectionVerdict> all(image.detections.size());
  for (const Ranked& r : in_order({&image, 1}))
    all[r.index] = judge(image.detections[r.index].box, image.truth, iou_threshold, found).verdict;
  return all;
}

double area_under_envelope(std::span<const double> recall, std::span<const double> precision) {
  double area = 0;
  double envelope = 0;
  double right = 1;  // VOCap closes the curve with precision 0 at recall 1: adds no area
  for (std::size_t i = recall.size(); i-- > 0;) {
    area += (right - recall[i]) * envelope;
    right = recall[i];
    envelope = std::max(envelope, precision[i]);
  }
  return area + right * envelope;
}

double average_precision(std::span<const ImageEvaluation> images, float iou_threshold) {
  const Ranking ranking = rank(images, iou_threshold);
  if (ranking.faces == 0) return 0;
  std::vector<double> recall;
  std::vector<double> precision;
  std::size_t hits = 0;
  for (const bool hit : ranking.hits) {
    hits += hit ? 1 : 0;
    recall.push_back(static_cast<double>(hits) / static_cast<double>(ranking.faces));
    precision.push_back(static_cast<double>(hits) / static_cast<double>(recall.size()));
  }
  return area_under_envelope(recall, precision);
}

double eleven_point_precision(std::span<const ImageEvaluation> images, float iou_threshold) {
  constexpr std::size_t tenths = 10;
  const Ranking ranking = rank(images, iou_threshold);
  if (ranking.faces == 0) return 0;
  std::vector<std::size_t> found;  // cumulative, by detection
  std::size_t hits = 0;
  for (const bool hit : ranking.hits) found.push_back(hits += hit ? 1 : 0);
  double sum = 0, highest = 0;
  std::size_t end = found.size();
  for (std::size_t tenth = tenths + 1; tenth-- > 0;) {
    while (end > 0 && found[end - 1] * tenths >= tenth * ranking.faces) {
      highest = std::max(highest, static_cast<double>(found[end - 1]) / static_cast<double>(end));
      --end;
    }
    sum += highest;
  }
  return sum / (tenths + 1);
}

std::vector<RankedDetection> ranked_detections(std::span<const ImageEvaluation> images,
                                               float iou_threshold) {
  const Ranking ranking = rank(images, iou_threshold);
  std::vector<RankedDetection> ranked;
  for (std::size_t i = 0; i < ranking.hits.size(); ++i)
    ranked.push_back({ranking.scores[i], ranking.images[i], ranking.hits[i]});
  return ranked;
}

double OperatingPoint::recall() const {
  return faces == 0 ? 0 : static_cast<double>(found) / static_cast<double>(faces);
}

double OperatingPoint::precision() const {
  const std::size_t shown = found + false_alarms;
  return shown == 0 ? 1 : static_cast<double>(found) / static_cast<double>(shown);
}

OperatingPoint operating_point(std::span<const ImageEvaluation> images, float score_threshold,
                               float iou_threshold) {
  const Ranking ranking = rank(images, iou_threshold);
  OperatingPoint point;
  point.faces = ranking.faces;
  for (std::size_t i = 0; i < ranking.hits.size() && ranking.scores[i] >= score_threshold; ++i)
    ++(ranking.hits[i] ? point.found : point.false_alarms);
  return point;
}

PrecisionRecallCurve precision_recall_curve(std::span<const ImageEvaluation> images,
                                            std::size_t points, float iou_threshold) {
  if (points < 2)
    throw Error(ErrorCode::invalid_argument, "precision_recall_curve: needs at least two points");
  const Ranking ranking = rank(images, iou_threshold);
  PrecisionRecallCurve curve;
  for (std::size_t p = 0; p < points; ++p) {
    curve.thresholds.push_back(static_cast<double>(p) / static_cast<double>(points - 1));
    OperatingPoint point;
    point.faces = ranking.faces;
    for (std::size_t i = 0; i < ranking.hits.size() &&
                            static_cast<double>(ranking.scores[i]) >= curve.thresholds.back();
         ++i)
      ++(ranking.hits[i] ? point.found : point.false_alarms);
    curve.true_positives.push_back(static_cast<double>(point.found));
    curve.false_positives.push_back(static_cast<double>(point.false_alarms));
    curve.false_negatives.push_back(static_cast<double>(point.faces - point.found));
    curve.precision.push_back(point.precision());
    curve.recall.push_back(point.recall());
  }
  return curve;
}

std::vector<MatchedFace> matched_faces(std::span<const ImageEvaluation> images,
                                       float score_threshold, float iou_threshold) {
  std::vector<MatchedFace> matches = rank(images, iou_threshold).matches;
  const auto below = std::find_if(matches.begin(), matches.end(), [&](const MatchedFace& m) {
    return images[m.image].detections[m.detection].score < score_threshold;
  });
  matches.erase(below, matches.end());
  return matches;
}

}  // namespace faceshot::evaluate
