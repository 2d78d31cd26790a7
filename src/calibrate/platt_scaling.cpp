#include "calibrate/platt_scaling.hpp"

#include <algorithm>
#include <cmath>

#include "faceshot/error.hpp"

namespace faceshot::calibrate {
namespace {

/// log(1 + exp(z)) without overflow or loss of small values.
double softplus(double z) { return std::max(z, 0.0) + std::log1p(std::exp(-std::abs(z))); }

double sigmoid(double z) {
  const double e = std::exp(-std::abs(z));
  return z >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/// The negative logarithm of the posterior, which is convex, and its derivatives.
class Objective {
 public:
  Objective(std::span<const PlattExample> examples, const std::optional<PlattPrior>& prior)
      : examples_(examples), prior_(prior) {
    const auto positives = static_cast<double>(std::count_if(
        examples.begin(), examples.end(), [](const PlattExample& e) { return e.positive; }));
    const double negatives = static_cast<double>(examples.size()) - positives;
    positive_target_ = (positives + 1) / (positives + 2);
    negative_target_ = 1 / (negatives + 2);
    start_ = {0, std::log((positives + 1) / (negatives + 1))};
  }

  [[nodiscard]] PlattMap start() const { return prior_ ? prior_->mean : start_; }

  [[nodiscard]] double value(const PlattMap& map) const {
    double sum = 0;
    for (const PlattExample& e : examples_) {
      const double z = map(e.logit);
      sum += softplus(z) - target(e) * z;
    }
    if (!prior_) return sum;
    const double a = (map.a - prior_->mean.a) / prior_->deviation_a;
    const double b = (map.b - prior_->mean.b) / prior_->deviation_b;
    return sum + 0.5 * (a * a + b * b);
  }

  struct Derivatives {
    double a = 0, b = 0, aa = 1e-12, ab = 0, bb = 1e-12;  // the Hessian slightly above singular
  };
  [[nodiscard]] Derivatives derivatives(const PlattMap& map) const {
    Derivatives d;
    for (const PlattExample& e : examples_) {
      const double p = sigmoid(map(e.logit));
      const double weight = p * (1 - p);
      d.a += (p - target(e)) * e.logit;
      d.b += p - target(e);
      d.aa += weight * e.logit * e.logit;
      d.ab += weight * e.logit;
      d.bb += weight;
    }
    if (!prior_) return d;
    const double precision_a = 1 / (prior_->deviation_a * prior_->deviation_a);
    const double precision_b = 1 / (prior_->deviation_b * prior_->deviation_b);
    d.a += (map.a - prior_->mean.a) * precision_a;
    d.b += (map.b - prior_->mean.b) * precision_b;
    d.aa += precision_a;
    d.bb += precision_b;
    return d;
  }

 private:
  [[nodiscard]] double target(const PlattExample& e) const {
    return e.positive ? positive_target_ : negative_target_;
  }

  std::span<const PlattExample> examples_;
  std::optional<PlattPrior> prior_;
  double positive_target_ = 1, negative_target_ = 0;
  PlattMap start_;
};

/// Newton's method with backtracking. @param fixed_a whether only b is free
PlattMap minimise(const Objective& objective, PlattMap map, bool fixed_a) {
  double value = objective.value(map);
  for (int iteration = 0; iteration < 100; ++iteration) {
    const auto d = objective.derivatives(map);
    const double determinant = d.aa * d.bb - d.ab * d.ab;
    const double step_a = fixed_a ? 0 : (d.ab * d.b - d.bb * d.a) / determinant;
    const double step_b = fixed_a ? -d.b / d.bb : (d.ab * d.a - d.aa * d.b) / determinant;
    const double slope = step_a * d.a + step_b * d.b;
    if (!(slope < -1e-14 * (1 + std::abs(value)))) break;  // only rounding is left
    double length = 1;
    for (; length > 1e-18; length /= 2) {
      const PlattMap next{map.a + length * step_a, map.b + length * step_b};
      const double next_value = objective.value(next);
      if (next_value > value + 1e-4 * length * slope) continue;
      map = next;
      value = next_value;
      break;
    }
    if (length <= 1e-18) break;
  }
  return map;
}

}  // namespace

PlattMap fit_platt(std::span<const PlattExample> examples, const std::optional<PlattPrior>& prior) {
  for (const PlattExample& e : examples)
    if (!std::isfinite(e.logit))
      throw Error(ErrorCode::invalid_argument, "Platt scaling: a logit is not finite");
  if (examples.empty()) return prior ? prior->mean : PlattMap{};
  const Objective objective(examples, prior);
  const PlattMap free = minimise(objective, objective.start(), false);
  if (free.a >= least_platt_a) return free;
  // The minimum of a convex function under a bound is on the bound.
  return minimise(objective, {least_platt_a, free.b}, true);
}

std::vector<PlattMap> fit_platt_groups(std::span<const std::vector<PlattExample>> groups) {
  std::vector<PlattExample> all;
  for (const auto& group : groups) all.insert(all.end(), group.begin(), group.end());
  const PlattPrior prior{.mean = fit_platt(all)};
  std::vector<PlattMap> maps;
  maps.reserve(groups.size());
  for (const auto& group : groups) maps.push_back(fit_platt(group, prior));
  return maps;
}

}  // namespace faceshot::calibrate
