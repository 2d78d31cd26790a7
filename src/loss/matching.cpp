#include "loss/matching.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include "faceshot/error.hpp"
#include "loss/ignore_regions.hpp"

namespace faceshot::loss {
namespace {

/// IoU of one face with the priors that overlap it.
struct FaceOverlaps {
  std::vector<float> iou;            ///< of the priors in `prior`
  std::vector<std::uint32_t> prior;  ///< ascending indices, IoU > 0
};

FaceOverlaps overlaps_of(const Box& face, std::span<const Prior> priors) {
  FaceOverlaps found;
  for (std::uint32_t p = 0; p < priors.size(); ++p) {
    const Box prior = priors[p].box();
    // Most priors are far away: two comparisons exclude nearly all of them.
    if (prior.x1 >= face.x2 || prior.x2 <= face.x1 || prior.y1 >= face.y2 || prior.y2 <= face.y1)
      continue;
    found.prior.push_back(p);
    found.iou.push_back(iou(prior, face));
  }
  return found;
}

/// Positions in `found`, best IoU first, ties by prior index.
std::vector<std::size_t> best_first(const FaceOverlaps& found) {
  std::vector<std::size_t> order(found.iou.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return found.iou[a] > found.iou[b]; });
  return order;
}

}  // namespace

Matching matching_from_name(const std::string& name) {
  if (name == "iou") return Matching::iou;
  if (name == "atss") return Matching::atss;
  if (name == "simota") return Matching::simota;
  throw Error(ErrorCode::invalid_argument,
              "loss.matching is '" + name + "'; it must be iou, atss or simota");
}

void validate(const MatchOptions& options) {
  const auto share = [](const char* name, float value) {
    if (!(value >= 0 && value <= 1))
      throw Error(
          ErrorCode::invalid_argument,
          std::string("loss.") + name + " is " + std::to_string(value) + "; it must be in [0, 1]");
  };
  share("match_iou", options.iou);
  share("negative_iou", options.negative_iou);
  share("compensation_iou", options.compensation_iou);
  share("ignore_coverage", options.ignore_coverage);
  if (options.negative_iou > options.iou)
    throw Error(ErrorCode::invalid_argument,
                "loss.negative_iou is above loss.match_iou, so a prior could be both positive and "
                "negative");
  if (options.min_matches < 0)
    throw Error(ErrorCode::invalid_argument, "loss.min_matches is negative");
}

std::vector<std::int32_t> match_priors(std::span<const Prior> priors,
                                       std::span<const geometry::Annotation> faces,
                                       const MatchOptions& options) {
  std::vector<std::int32_t> match(priors.size(), match_negative);
  std::vector<float> best_iou(priors.size(), 0.0F);
  std::vector<FaceOverlaps> overlaps(faces.size());

  for (std::size_t f = 0; f < faces.size(); ++f) {
    if (faces[f].ignore) continue;
    overlaps[f] = overlaps_of(faces[f].box, priors);
    for (std::size_t k = 0; k < overlaps[f].prior.size(); ++k) {
      const std::uint32_t p = overlaps[f].prior[k];
      const float value = overlaps[f].iou[k];
      if (value <= best_iou[p]) continue;
      best_iou[p] = value;
      match[p] = value >= options.iou            ? static_cast<std::int32_t>(f)
                 : value >= options.negative_iou ? match_ignored
                                                 : match_negative;
    }
  }

  // Ignore regions come before the forced matches: a labelled face inside one still gets its prior.
  mark_ignored(priors, faces, options.ignore_coverage, match);

  // Rule 2: faces by the IoU of their best prior, so that a contested one goes to the better fit.
  std::vector<std::vector<std::size_t>> ranked(faces.size());
  std::vector<std::size_t> by_fit;
  for (std::size_t f = 0; f < faces.size(); ++f) {
    if (overlaps[f].prior.empty()) continue;
    ranked[f] = best_first(overlaps[f]);
    by_fit.push_back(f);
  }
  std::stable_sort(by_fit.begin(), by_fit.end(), [&](std::size_t a, std::size_t b) {
    return overlaps[a].iou[ranked[a].front()] > overlaps[b].iou[ranked[b].front()];
  });
  std::vector<bool> forced(priors.size(), false);
  for (const std::size_t f : by_fit) {
    for (const std::size_t k : ranked[f]) {
      const std::uint32_t p = overlaps[f].prior[k];
      if (forced[p]) continue;
      forced[p] = true;
      match[p] = static_cast<std::int32_t>(f);
      break;
    }
  }

  if (options.min_matches > 1) {
    std::vector<int> count(faces.size(), 0);
    for (const std::int32_t f : match)
      if (f >= 0) ++count[static_cast<std::size_t>(f)];
    for (const std::size_t f : by_fit) {
      for (const std::size_t k : ranked[f]) {
        if (count[f] >= options.min_matches || overlaps[f].iou[k] <= options.compensation_iou)
          break;
        const std::uint32_t p = overlaps[f].prior[k];
        if (match[p] >= 0) continue;
        match[p] = static_cast<std::int32_t>(f);
        ++count[f];
      }
    }
  }
  return match;
}

}  // namespace faceshot::loss
