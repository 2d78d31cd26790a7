#include "evaluate/wider_protocol.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "evaluate/average_precision.hpp"
#include "faceshot/error.hpp"

namespace faceshot {
namespace {

constexpr double iou_threshold = 0.5;
constexpr std::size_t no_face = std::numeric_limits<std::size_t>::max();

/// IoU as `boxoverlap.m` has it: corners are x and x + w, yet sides count as x2 - x1 + 1. The order
/// of the operations is its own too, so that overlaps of exactly 0.5 fall on the same side.
double official_iou(const Xywh& face, const ScoredBox& box) {
  const double ax1 = face.x, ay1 = face.y;
  const double ax2 = ax1 + face.w, ay2 = ay1 + face.h;
  const double bx2 = box.x + box.w, by2 = box.y + box.h;
  const double w = std::min(ax2, bx2) - std::max(ax1, box.x) + 1;
  const double h = std::min(ay2, by2) - std::max(ay1, box.y) + 1;
  if (w <= 0 || h <= 0) return 0;
  const double shared = w * h;
  const double face_area = (ax2 - ax1 + 1) * (ay2 - ay1 + 1);
  const double box_area = (bx2 - box.x + 1) * (by2 - box.y + 1);
  return shared / (face_area + box_area - shared);
}

/// One detection, ready to be counted in any setting.
struct Match {
  double score;
  std::size_t face;  ///< the face it overlaps most, the first of equals; no_face below IoU 0.5
};

/// The matches of one image by falling score, equal scores in the order given (MATLAB's sort).
std::vector<Match> match(const WiderImage& image, const ImageDetections& detections) {
  std::vector<Match> matches;
  matches.reserve(detections.boxes.size());
  for (const ScoredBox& box : detections.boxes) {
    std::size_t best = no_face;
    double best_iou = -1;
    for (std::size_t i = 0; i < image.faces.size(); ++i) {
      const double overlap = official_iou(image.faces[i], box);
      if (overlap > best_iou) {
        best_iou = overlap;
        best = i;
      }
    }
    matches.push_back({box.score, best_iou >= iou_threshold ? best : no_face});
  }
  std::stable_sort(matches.begin(), matches.end(),
                   [](const Match& a, const Match& b) { return a.score > b.score; });
  return matches;
}

/// The score range of the whole set, mapped to [0, 1].
class ScoreNormalizer {
 public:
  void add(double score) {
    low_ = std::min(low_, score);
    high_ = std::max(high_, score);
  }
  [[nodiscard]] double operator()(double score) const {
    return high_ == low_ ? 1.0 : (score - low_) / (high_ - low_);
  }

 private:
  // `norm_score.m` starts from realmax and realmin of single, the latter the smallest positive
  // number: scores that are all negative are normalised by 0, not by their maximum.
  double low_ = std::numeric_limits<float>::max();
  double high_ = std::numeric_limits<float>::min();
};

/// Counts detections by the first threshold that admits them.
class CurveBuilder {
 public:
  CurveBuilder() {
    for (std::size_t t = 0; t < wider_thresholds; ++t)
      thresholds_[t] = 1.0 - static_cast<double>(t + 1) / static_cast<double>(wider_thresholds);
  }

  void add(double normalized_score, bool found_new_face) {
    const auto first = std::lower_bound(thresholds_.begin(), thresholds_.end(), normalized_score,
                                        std::greater<>());
    const auto t = static_cast<std::size_t>(first - thresholds_.begin());
    if (t == wider_thresholds) return;
    ++proposals_[t];
    if (found_new_face) ++hits_[t];
  }

  void finish(WiderCurve& curve) const {
    double proposals = 0;
    double hits = 0;
    for (std::size_t t = 0; t < wider_thresholds; ++t) {
      proposals += static_cast<double>(proposals_[t]);
      hits += static_cast<double>(hits_[t]);
      curve.precision.push_back(proposals > 0 ? hits / proposals : 0);
      curve.recall.push_back(curve.faces > 0 ? hits / static_cast<double>(curve.faces) : 0);
    }
    curve.ap = area_under_envelope(curve.recall, curve.precision);
  }

 private:
  std::array<double, wider_thresholds> thresholds_{};
  std::array<std::size_t, wider_thresholds> proposals_{};
  std::array<std::size_t, wider_thresholds> hits_{};
};

/// Adds one image to one setting's curve. A detection of a face that counts is a proposal, and a
/// hit if it is the first of that face (a second one still is a proposal: it lowers precision); one
/// of a face outside the setting is neither; one of no face is a proposal.
void add_image(const WiderImage& image, std::size_t setting, std::span<const Match> matches,
               const ScoreNormalizer& normalize, CurveBuilder& builder) {
  const std::vector<char>& counts = image.counts[setting];
  std::vector<char> found(image.faces.size(), 0);
  for (const Match& m : matches) {
    if (m.face == no_face) {
      builder.add(normalize(m.score), false);
    } else if (counts[m.face] != 0) {
      builder.add(normalize(m.score), found[m.face] == 0);
      found[m.face] = 1;
    }
  }
}

void require_finite(const ImageDetections& image) {
  for (const ScoredBox& b : image.boxes)
    if (!std::isfinite(b.x) || !std::isfinite(b.y) || !std::isfinite(b.w) || !std::isfinite(b.h) ||
        !std::isfinite(b.score))
      throw Error(ErrorCode::invalid_argument, "the detections of " + image.event + "/" +
                                                   image.image +
                                                   " hold a number that is not finite");
}

}  // namespace

ScoredBox to_scored_box(const Detection& detection) {
  const Xywh b = to_xywh(detection.box);
  return {b.x, b.y, b.w, b.h, detection.score};
}

WiderResult evaluate_wider(const WiderGroundTruth& truth,
                           std::span<const ImageDetections> detections) {
  std::unordered_map<std::string, const ImageDetections*> by_name;
  for (const ImageDetections& image : detections) {
    require_finite(image);
    if (!by_name.emplace(image.event + "/" + image.image, &image).second)
      throw Error(ErrorCode::invalid_argument,
                  "the detections name the image " + image.event + "/" + image.image + " twice");
  }

  WiderResult result;
  ScoreNormalizer normalize;
  std::vector<std::pair<const WiderImage*, std::vector<Match>>> scored;
  for (const WiderImage& image : truth.images) {
    const std::string name = image.event + "/" + image.name;
    const auto found = by_name.find(name);
    if (found == by_name.end()) {
      result.missing.push_back(name);
      continue;
    }
    for (const ScoredBox& box : found->second->boxes) normalize.add(box.score);
    result.detections += found->second->boxes.size();
    scored.emplace_back(&image, match(image, *found->second));
    by_name.erase(found);
  }
  result.images_scored = scored.size();
  for (const auto& entry : by_name) result.unknown.push_back(entry.first);
  std::sort(result.unknown.begin(), result.unknown.end());

  for (std::size_t s = 0; s < wider_settings.size(); ++s) {
    WiderCurve& curve = result.settings[s];
    CurveBuilder builder;
    for (const auto& [image, matches] : scored) {
      const auto faces = static_cast<std::size_t>(
          std::count(image->counts[s].begin(), image->counts[s].end(), char{1}));
      curve.faces += faces;
      if (faces > 0) ++curve.images;
      // The official tools pass over an image without any labelled face: what is detected there
      // is not counted against the detector.
      if (!image->faces.empty()) add_image(*image, s, matches, normalize, builder);
    }
    builder.finish(curve);
  }
  return result;
}

}  // namespace faceshot
