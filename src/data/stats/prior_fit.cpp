#include "data/stats/prior_fit.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

double log_side(const Box& face) { return 0.5 * std::log(static_cast<double>(face.area())); }

/// Index of the nearest centre; both sorted.
std::size_t nearest(const std::vector<double>& centres, double value) {
  const auto above = std::lower_bound(centres.begin(), centres.end(), value);
  if (above == centres.begin()) return 0;
  if (above == centres.end() || value - *(above - 1) <= *above - value)
    return static_cast<std::size_t>(above - centres.begin()) - 1;
  return static_cast<std::size_t>(above - centres.begin());
}

/// For each (logarithmic) side, the inverse of the number of sides in its octave; octaves with only
/// a few faces do not get full weight.
std::vector<double> octave_weights(const std::vector<double>& sides) {
  constexpr std::size_t fewest = 20;
  const auto octave = [](double side) {
    return static_cast<int>(std::floor(side / std::log(2.0)));
  };
  std::map<int, std::size_t> members;
  for (const double side : sides) ++members[octave(side)];
  std::vector<double> weights;
  for (const double side : sides)
    weights.push_back(1 / static_cast<double>(std::max(fewest, members[octave(side)])));
  return weights;
}

/// The values below which (i + 0.5) / count of the total weight lies; duplicates removed.
std::vector<double> weighted_quantiles(const std::vector<double>& sorted,
                                       const std::vector<double>& weights, int count) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<double> quantiles;
  double below = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    below += weights[i];
    while (static_cast<int>(quantiles.size()) < count &&
           below >= total * (static_cast<double>(quantiles.size()) + 0.5) / count)
      quantiles.push_back(sorted[i]);
  }
  quantiles.erase(std::unique(quantiles.begin(), quantiles.end()), quantiles.end());
  return quantiles;
}

}  // namespace

std::vector<Box> scaled_faces(const PreparedSet& set, int size) {
  std::vector<Box> faces;
  for (const geometry::ImageRecord& record : set.records) {
    const float scale =
        static_cast<float>(size) / static_cast<float>(std::max(record.width, record.height));
    for (const geometry::Annotation& a : record.annotations)
      if (!a.ignore)
        faces.push_back({a.box.x1 * scale, a.box.y1 * scale, a.box.x2 * scale, a.box.y2 * scale});
  }
  return faces;
}

std::vector<LevelPriors> level_priors(const PriorSpec& spec, std::span<const float> strides) {
  faceshot::validate(spec);
  if (strides.size() != spec.levels.size())
    throw Error(ErrorCode::invalid_argument, "priors of " + std::to_string(spec.levels.size()) +
                                                 " levels, but " + std::to_string(strides.size()) +
                                                 " strides");
  std::vector<LevelPriors> levels;
  for (std::size_t l = 0; l < strides.size(); ++l) {
    PriorSpec one = spec;  // on a map of one cell, the priors are the shapes
    one.levels = {spec.levels[l]};
    one.clip = false;
    levels.push_back({strides[l], make_priors(one, 1, 1, {{1, 1}})});
  }
  return levels;
}

float best_prior_iou(const Box& face, std::span<const LevelPriors> priors, int size) {
  float best = 0;
  for (const LevelPriors& level : priors) {
    // Of priors with the same shape, the one with the nearest centre overlaps most.
    const float cells = std::ceil(static_cast<float>(size) / level.stride);
    const auto centre = [&](float at) {
      return (std::clamp(std::floor(at / level.stride), 0.0F, cells - 1) + 0.5F) * level.stride;
    };
    for (Prior prior : level.shapes) {
      prior.cx = centre(face.center_x());
      prior.cy = centre(face.center_y());
      best = std::max(best, iou(face, prior.box()));
    }
  }
  return best;
}

std::vector<float> propose_prior_sizes(std::span<const Box> faces, int count, float min_side) {
  std::vector<double> sides;
  for (const Box& face : faces)
    if (face.valid() && face.area() >= min_side * min_side) sides.push_back(log_side(face));
  if (sides.empty()) return {};
  std::sort(sides.begin(), sides.end());
  const std::vector<double> weights = octave_weights(sides);

  std::vector<double> centres = weighted_quantiles(sides, weights, count);
  constexpr int most_rounds = 100;
  for (int round = 0; round < most_rounds; ++round) {
    std::vector<double> sum(centres.size(), 0);
    std::vector<double> weight(centres.size(), 0);
    for (std::size_t i = 0; i < sides.size(); ++i) {
      const std::size_t c = nearest(centres, sides[i]);
      sum[c] += weights[i] * sides[i];
      weight[c] += weights[i];
    }
    std::vector<double> moved;
    for (std::size_t c = 0; c < centres.size(); ++c)
      if (weight[c] > 0) moved.push_back(sum[c] / weight[c]);
    if (moved == centres) break;
    centres = std::move(moved);
  }
  std::vector<float> sizes;
  for (const double centre : centres) sizes.push_back(static_cast<float>(std::exp(centre)));
  return sizes;
}

std::vector<LevelPriors> assign_levels(std::span<const float> sizes,
                                       std::span<const float> strides) {
  std::vector<LevelPriors> levels;
  for (const float stride : strides) levels.push_back({stride, {}});
  for (const float size : sizes) {
    std::size_t level = 0;
    while (level + 1 < levels.size() && 2 * levels[level + 1].stride <= size) ++level;
    levels[level].shapes.push_back({0, 0, size, size});
  }
  return levels;
}

}  // namespace faceshot::data
