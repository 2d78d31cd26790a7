#include "loss/atss.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "loss/ignore_regions.hpp"
#include "loss/matching.hpp"

namespace faceshot::loss {
namespace {

struct AtssCandidate {
  std::uint32_t prior;
  float iou;
};

float squared_distance(const Prior& prior, const Box& face) {
  const float dx = prior.cx - face.center_x();
  const float dy = prior.cy - face.center_y();
  return dx * dx + dy * dy;
}

/// The nearest priors of every level.
std::vector<AtssCandidate> nearest(std::span<const Prior> priors,
                                   std::span<const std::size_t> level_begin, const Box& face,
                                   std::size_t count) {
  std::vector<AtssCandidate> found;
  std::vector<std::uint32_t> order;
  for (std::size_t level = 0; level < level_begin.size(); ++level) {
    const std::size_t begin = level_begin[level];
    const std::size_t end = level + 1 < level_begin.size() ? level_begin[level + 1] : priors.size();
    order.resize(end - begin);
    std::iota(order.begin(), order.end(), static_cast<std::uint32_t>(begin));
    const std::size_t taken = std::min(count, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(taken),
                      order.end(), [&](std::uint32_t a, std::uint32_t b) {
                        const float da = squared_distance(priors[a], face);
                        const float db = squared_distance(priors[b], face);
                        return da != db ? da < db : a < b;
                      });
    for (std::size_t k = 0; k < taken; ++k)
      found.push_back({order[k], iou(priors[order[k]].box(), face)});
  }
  return found;
}

/// Mean plus standard deviation (of a sample, as in the authors' code).
float threshold_of(const std::vector<AtssCandidate>& candidates) {
  double sum = 0;
  for (const auto& c : candidates) sum += static_cast<double>(c.iou);
  const double mean = sum / static_cast<double>(candidates.size());
  double squares = 0;
  for (const auto& c : candidates) {
    const double d = static_cast<double>(c.iou) - mean;
    squares += d * d;
  }
  const double deviation =
      candidates.size() > 1 ? std::sqrt(squares / static_cast<double>(candidates.size() - 1)) : 0;
  return static_cast<float>(mean + deviation);
}

bool holds(const Box& face, const Prior& prior) {
  return prior.cx > face.x1 && prior.cx < face.x2 && prior.cy > face.y1 && prior.cy < face.y2;
}

}  // namespace

std::vector<std::int32_t> match_atss(std::span<const Prior> priors,
                                     std::span<const std::size_t> level_begin,
                                     std::span<const geometry::Annotation> faces,
                                     const AtssOptions& options) {
  std::vector<std::int32_t> match(priors.size(), match_negative);
  std::vector<float> best(priors.size(), 0);
  mark_ignored(priors, faces, options.ignore_coverage, match);
  std::vector<AtssCandidate> fallback(faces.size(), {0, -1});
  for (std::size_t f = 0; f < faces.size(); ++f) {
    if (faces[f].ignore) continue;
    const auto candidates = nearest(priors, level_begin, faces[f].box,
                                    static_cast<std::size_t>(std::max(1, options.candidates)));
    if (candidates.empty()) continue;
    const float threshold = threshold_of(candidates);
    for (const AtssCandidate& c : candidates) {
      if (c.iou > fallback[f].iou) fallback[f] = c;
      if (c.iou < threshold || c.iou <= best[c.prior] || !holds(faces[f].box, priors[c.prior]))
        continue;
      best[c.prior] = c.iou;
      match[c.prior] = static_cast<std::int32_t>(f);
    }
  }
  std::vector<bool> found(faces.size(), false);
  for (const std::int32_t m : match)
    if (m >= 0) found[static_cast<std::size_t>(m)] = true;
  for (std::size_t f = 0; f < faces.size(); ++f)
    if (!found[f] && !faces[f].ignore && fallback[f].iou > best[fallback[f].prior]) {
      best[fallback[f].prior] = fallback[f].iou;
      match[fallback[f].prior] = static_cast<std::int32_t>(f);
    }
  return match;
}

}  // namespace faceshot::loss
