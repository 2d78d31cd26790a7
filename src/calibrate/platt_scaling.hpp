// Platt scaling: probabilities from a classifier's logits.
//
// J. Platt, "Probabilistic Outputs for Support Vector Machines and Comparisons to Regularized
// Likelihood Methods", 1999, with his smoothed targets; fitted by Newton's method with backtracking
// as in H.-T. Lin, C.-J. Lin, R. C. Weng, "A Note on Platt's Probabilistic Outputs for Support
// Vector Machines", Machine Learning 68, 2007. All functions are pure and thread safe.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace faceshot::calibrate {

/// probability = sigmoid(a * logit + b). (Platt writes sigmoid(-A f - B).)
struct PlattMap {
  double a = 1, b = 0;

  [[nodiscard]] double operator()(double logit) const { return a * logit + b; }  ///< a logit again
  friend bool operator==(const PlattMap&, const PlattMap&) = default;
};

struct PlattExample {
  double logit = 0;
  bool positive = false;
};

/// What is believed of a map before any example was seen: a and b are normally distributed and
/// independent of each other.
struct PlattPrior {
  PlattMap mean;
  double deviation_a = 0.2, deviation_b = 0.5;  ///< as much as some 50 examples say
};

/// Maps must rise: an order that was learnt is never turned round.
inline constexpr double least_platt_a = 0.05;

/// The likeliest map with a >= least_platt_a. The targets are Platt's, (n+ + 1) / (n+ + 2) and
/// 1 / (n- + 2), so that examples that a threshold separates have a map as well.
/// @param examples none: the prior's mean, or without prior the identity
/// @throws Error(invalid_argument) for a logit that is not finite
[[nodiscard]] PlattMap fit_platt(std::span<const PlattExample> examples,
                                 const std::optional<PlattPrior>& prior = std::nullopt);

/// A map for each group: where it has few examples, near the map of all together.
/// @throws Error as fit_platt
[[nodiscard]] std::vector<PlattMap> fit_platt_groups(
    std::span<const std::vector<PlattExample>> groups);

}  // namespace faceshot::calibrate
