#include "loss/class_loss.hpp"

#include <algorithm>
#include <cmath>

#include "faceshot/error.hpp"

namespace faceshot {
namespace {

/// log(1 + exp(x)) without overflow.
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

}  // namespace

ClassLoss class_loss_from_name(const std::string& name) {
  if (name == "cross_entropy") return ClassLoss::cross_entropy;
  if (name == "focal") return ClassLoss::focal;
  if (name == "quality_focal") return ClassLoss::quality_focal;
  throw Error(
      ErrorCode::invalid_argument,
      "loss.class_loss is '" + name + "'; it must be cross_entropy, focal or quality_focal");
}

double log_sum_exp(std::span<const float> logits) {
  const float largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits)
    sum += std::exp(static_cast<double>(logit) - static_cast<double>(largest));
  return static_cast<double>(largest) + std::log(sum);
}

double cross_entropy(std::span<const float> logits, std::size_t target, std::span<float> gradient) {
  const double log_sum = log_sum_exp(logits);
  for (std::size_t c = 0; c < logits.size(); ++c)
    gradient[c] = static_cast<float>(std::exp(static_cast<double>(logits[c]) - log_sum) -
                                     (c == target ? 1.0 : 0.0));
  return log_sum - static_cast<double>(logits[target]);
}

double focal_loss(std::span<const float> logits, std::size_t target, double alpha, double gamma,
                  std::span<float> gradient) {
  const double log_sum = log_sum_exp(logits);
  const double log_p = static_cast<double>(logits[target]) - log_sum;
  const double p = std::exp(log_p);
  const double missing = -std::expm1(log_p);  // 1 - p, exact where p is almost 1
  const double weight = alpha < 0 ? 1 : target == 0 ? 1 - alpha : alpha;
  const double factor = std::pow(missing, gamma);
  // dL/dz_j = dL/dp * p * ((j == target) - p_j); p * dL/dp has no division by p or 1 - p.
  const double slope = gamma > 0 && missing > 0
                           ? gamma * std::pow(missing, gamma - 1) * p * log_p - factor
                           : -factor;
  for (std::size_t c = 0; c < logits.size(); ++c) {
    const double share = std::exp(static_cast<double>(logits[c]) - log_sum);
    gradient[c] = static_cast<float>(weight * slope * (c == target ? missing : -share));
  }
  return -weight * factor * log_p;
}

double quality_focal_loss(std::span<const float> logits, double quality, double beta,
                          std::span<float> gradient) {
  const double x = static_cast<double>(logits[1]) - static_cast<double>(logits[0]);
  const double p = 1 / (1 + std::exp(-x));
  const double entropy = softplus(x) - quality * x;  // binary cross-entropy on the logit
  const double distance = p - quality;
  const double factor = std::pow(std::abs(distance), beta);
  const double slope = beta * std::pow(std::abs(distance), beta - 1) * (distance < 0 ? -1 : 1) * p *
                           (1 - p) * entropy +
                       factor * distance;
  gradient[1] = static_cast<float>(slope);
  gradient[0] = -gradient[1];
  return factor * entropy;
}

}  // namespace faceshot
