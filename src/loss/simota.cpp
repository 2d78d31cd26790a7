#include "loss/simota.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "loss/ignore_regions.hpp"
#include "loss/matching.hpp"

namespace faceshot::loss {
namespace {

constexpr double fortune = 1e5;

struct SimotaCandidate {
  std::uint32_t prior;
  double iou;
  double cost;
};

bool inside(const Prior& prior, const Box& face) {
  return prior.cx > face.x1 && prior.cx < face.x2 && prior.cy > face.y1 && prior.cy < face.y2;
}

bool near_center(const Prior& prior, const Box& face, float reach) {
  return std::abs(prior.cx - face.center_x()) < reach &&
         std::abs(prior.cy - face.center_y()) < reach;
}

/// -log of a probability that may be rounded to 0.
double cost_of(double probability) { return -std::log(std::max(probability, 1e-8)); }

std::vector<SimotaCandidate> candidates_of(const Box& face, std::span<const Prior> priors,
                                           std::span<const std::size_t> level_begin,
                                           std::span<const float> level_step,
                                           const Predictions& predictions,
                                           const SimotaOptions& options) {
  std::vector<SimotaCandidate> found;
  for (std::size_t level = 0; level < level_begin.size(); ++level) {
    const std::size_t end = level + 1 < level_begin.size() ? level_begin[level + 1] : priors.size();
    const float reach = options.center_radius * level_step[level];
    for (std::size_t p = level_begin[level]; p < end; ++p) {
      const bool in = inside(priors[p], face);
      const bool near = near_center(priors[p], face, reach);
      if (!in && !near) continue;
      const double overlap = static_cast<double>(iou(predictions.boxes[p], face));
      const double cost = cost_of(static_cast<double>(predictions.scores[p])) +
                          static_cast<double>(options.iou_weight) * cost_of(overlap) +
                          (in && near ? 0 : fortune);
      found.push_back({static_cast<std::uint32_t>(p), overlap, cost});
    }
  }
  return found;
}

/// YOLOX's dynamic k: the sum of the best IoUs, at least one.
std::size_t share_of(std::vector<SimotaCandidate> candidates, int best) {
  const auto count = std::min(candidates.size(), static_cast<std::size_t>(std::max(1, best)));
  std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(count),
                    candidates.end(), [](const auto& a, const auto& b) { return a.iou > b.iou; });
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += candidates[i].iou;
  return std::max<std::size_t>(1, static_cast<std::size_t>(sum));
}

}  // namespace

std::vector<std::int32_t> match_simota(std::span<const Prior> priors,
                                       std::span<const std::size_t> level_begin,
                                       std::span<const float> level_step,
                                       std::span<const geometry::Annotation> faces,
                                       const Predictions& predictions,
                                       const SimotaOptions& options) {
  std::vector<std::int32_t> match(priors.size(), match_negative);
  std::vector<double> cheapest(priors.size(), std::numeric_limits<double>::infinity());
  mark_ignored(priors, faces, options.ignore_coverage, match);
  for (std::size_t f = 0; f < faces.size(); ++f) {
    if (faces[f].ignore) continue;
    auto candidates =
        candidates_of(faces[f].box, priors, level_begin, level_step, predictions, options);
    if (candidates.empty()) continue;
    const std::size_t count =
        std::min(share_of(candidates, options.dynamic_candidates), candidates.size());
    std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(count),
                      candidates.end(), [](const auto& a, const auto& b) {
                        return a.cost != b.cost ? a.cost < b.cost : a.prior < b.prior;
                      });
    for (std::size_t i = 0; i < count; ++i) {
      const SimotaCandidate& c = candidates[i];
      if (c.cost >= cheapest[c.prior]) continue;
      cheapest[c.prior] = c.cost;
      match[c.prior] = static_cast<std::int32_t>(f);
    }
  }
  return match;
}

}  // namespace faceshot::loss
