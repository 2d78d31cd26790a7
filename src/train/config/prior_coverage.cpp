#include "train/config/prior_coverage.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>

#include "faceshot/error.hpp"

namespace faceshot::train {
namespace {

constexpr double enough = 0.8, too_few = 0.1;

float side_of(const Box& box) { return std::sqrt(box.width() * box.height()); }

bool covered(const Box& face, std::span<const Prior> priors, double threshold) {
  return std::any_of(priors.begin(), priors.end(), [&](const Prior& p) {
    return static_cast<double>(iou(face, p.box())) >= threshold;
  });
}

}  // namespace

PriorCoverage prior_coverage(std::span<const Prior> priors,
                             std::span<const std::vector<geometry::Annotation>> images,
                             double iou) {
  PriorCoverage result;
  result.iou = iou;
  std::vector<float> sides;
  std::size_t hits = 0;
  for (const auto& annotations : images) {
    for (const geometry::Annotation& a : annotations) {
      if (a.ignore || !a.box.valid()) continue;
      sides.push_back(side_of(a.box));
      if (covered(a.box, priors, iou)) ++hits;
    }
  }
  const auto [small, large] =
      std::minmax_element(priors.begin(), priors.end(),
                          [](const Prior& a, const Prior& b) { return a.w * a.h < b.w * b.h; });
  result.smallest_prior = std::sqrt(small->w * small->h);
  result.largest_prior = std::sqrt(large->w * large->h);
  if (sides.empty()) return result;
  std::sort(sides.begin(), sides.end());
  result.faces = sides.size();
  result.share = static_cast<double>(hits) / static_cast<double>(sides.size());
  result.smallest_face = sides[sides.size() / 20];
  result.largest_face = sides[sides.size() - 1 - sides.size() / 20];
  return result;
}

std::string coverage_note(const PriorCoverage& c) {
  if (c.share >= enough) return {};
  std::string text = fmt::format(
      "{:.0f} % of the faces have an IoU of at least {:.2g} with a prior box; faces have {:.0f} to "
      "{:.0f} pixels at this size, priors {:.0f} to {:.0f}. See model.prior_sizes, loss.match_iou "
      "and "
      "faceshot data priors",
      100 * c.share, c.iou, static_cast<double>(c.smallest_face),
      static_cast<double>(c.largest_face), static_cast<double>(c.smallest_prior),
      static_cast<double>(c.largest_prior));
  if (c.share < too_few) throw Error(ErrorCode::invalid_argument, text);
  return text;
}

}  // namespace faceshot::train
