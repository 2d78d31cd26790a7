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

  [[nodiscard]] double operator()(double logit) const {
    return a * logit + b;
  }  ///< the mapped
     ///< logit
  friend bool operator==(const PlattMap&, const PlattMap&) = default;
};

struct PlattExample {
  double logit = 0;
  bool positive = false;
};

/// Prior distribution of a map: a and b are independent and normally distributed.
struct PlattPrior {
  PlattMap mean;
  double deviation_a = 0.2, deviation_b = 0.5;  ///< worth about 50 examples
};

/// Maps must be increasing: calibration never reverses the learnt order.
inline constexpr double least_platt_a = 0.05;

/// The most likely map with a >= least_platt_a. The targets are Platt's, (n+ + 1) / (n+ + 2) and
/// 1 / (n- + 2), so that separable examples have a map as well.
/// @param examples none: the prior's mean, or the identity without a prior
/// @throws Error(invalid_argument) for a non-finite logit
[[nodiscard]] PlattMap fit_platt(std::span<const PlattExample> examples,
                                 const std::optional<PlattPrior>& prior = std::nullopt);

/// One map per group: with few examples, near the map of all groups together.
/// @throws Error as fit_platt
[[nodiscard]] std::vector<PlattMap> fit_platt_groups(
    std::span<const std::vector<PlattExample>> groups);

}  // namespace faceshot::calibrate
