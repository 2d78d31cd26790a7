#include "evaluate/wider_protocol.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <unordered_map>

#include "evaluate/average_precision.hpp"
#include "faceshot/error.hpp"

namespace faceshot::evaluate {
namespace {

/// Counts detections by the first threshold that admits them.
class CurveBuilder {
 public:
  void add(double normalized_score, bool found_new_face) {
    const std::size_t t = first_wider_threshold(normalized_score);
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
  std::array<std::size_t, wider_thresholds> proposals_{};
  std::array<std::size_t, wider_thresholds> hits_{};
};

/// Adds one image to one setting's curve. A detection of a face that counts is a proposal, and a
/// hit if it is the first of that face (a second one is still a proposal, and lowers precision);
/// one of a face outside the setting is neither; one without a face is a proposal.
void add_image(const WiderImage& image, std::size_t setting, std::span<const WiderMatch> matches,
               const ScoreRange& scores, CurveBuilder& builder) {
  const std::vector<char>& counts = image.counts[setting];
  std::vector<char> found(image.faces.size(), 0);
  for (const WiderMatch& m : matches) {
    if (!m.is_of_face()) {
      builder.add(scores.normalized(m.score), false);
    } else if (counts[m.face] != 0) {
      builder.add(scores.normalized(m.score), found[m.face] == 0);
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
                                                   " contain a number that is not finite");
}

}  // namespace

double wider_threshold(std::size_t index) {
  return 1.0 - static_cast<double>(index + 1) / static_cast<double>(wider_thresholds);
}

std::size_t first_wider_threshold(double normalized) {
  static const std::array<double, wider_thresholds> thresholds = [] {
    std::array<double, wider_thresholds> all{};
    for (std::size_t t = 0; t < all.size(); ++t) all[t] = wider_threshold(t);
    return all;
  }();
  const auto first =
      std::lower_bound(thresholds.begin(), thresholds.end(), normalized, std::greater<>());
  return static_cast<std::size_t>(first - thresholds.begin());
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
  std::vector<std::pair<const WiderImage*, std::vector<WiderMatch>>> scored;
  for (const WiderImage& image : truth.images) {
    const std::string name = image.event + "/" + image.name;
    const auto found = by_name.find(name);
    if (found == by_name.end()) {
      result.missing.push_back(name);
      continue;
    }
    for (const ScoredBox& box : found->second->boxes) result.scores.add(box.score);
    result.detections += found->second->boxes.size();
    scored.emplace_back(&image, match_wider(image.faces, found->second->boxes));
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
      // The official tools skip images without any labelled face: detections there
      // do not count against the detector.
      if (!image->faces.empty()) add_image(*image, s, matches, result.scores, builder);
    }
    builder.finish(curve);
  }
  return result;
}

}  // namespace faceshot::evaluate
