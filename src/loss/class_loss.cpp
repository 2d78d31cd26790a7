#include "loss/class_loss.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "faceshot/error.hpp"

namespace faceshot::loss {
namespace {

/// Sigmoid of x and of -x, exact even if either is almost 1, and the logarithm of the former.
struct Sigmoid {
  double yes, no, log_yes;
};

Sigmoid sigmoid(double x) {
  const double e = std::exp(-std::abs(x));
  const double large = 1 / (1 + e);
  const double small = e * large;
  return {x < 0 ? small : large, x < 0 ? large : small, std::min(x, 0.0) - std::log1p(e)};
}

/// The softmax at the target: two classes, the usual case for faces, need one exponential and one
/// logarithm.
Sigmoid softmax_at(std::span<const float> logits, std::size_t target) {
  if (logits.size() == 2)
    return sigmoid(static_cast<double>(logits[target]) - static_cast<double>(logits[1 - target]));
  const double log_p = static_cast<double>(logits[target]) - log_sum_exp(logits);
  return {std::exp(log_p), -std::expm1(log_p), log_p};
}

/// gradient = slope * d log(softmax at the target) / d logits
void write_gradient(std::span<const float> logits, std::size_t target, const Sigmoid& softmax,
                    double slope, std::span<float> gradient) {
  const double log_sum = static_cast<double>(logits[target]) - softmax.log_yes;
  for (std::size_t c = 0; c < logits.size(); ++c) {
    double value = softmax.no;
    if (c != target && logits.size() > 2)
      value = std::exp(static_cast<double>(logits[c]) - log_sum);
    gradient[c] = static_cast<float>(slope * (c == target ? value : -value));
  }
}

double power(double base, double exponent) {
  if (exponent == 2) return base * base;  // the papers' value
  if (exponent == 1) return base;
  return std::pow(base, exponent);
}

}  // namespace

ClassLoss class_loss_from_name(const std::string& name) {
  if (name == "cross_entropy") return ClassLoss::cross_entropy;
  if (name == "focal") return ClassLoss::focal;
  if (name == "quality_focal") return ClassLoss::quality_focal;
  if (name == "varifocal") return ClassLoss::varifocal;
  if (name == "iou_branch") return ClassLoss::iou_branch;
  throw Error(ErrorCode::invalid_argument,
              "loss.class_loss is '" + name +
                  "'; it must be cross_entropy, focal, quality_focal, varifocal or iou_branch");
}

bool learns_quality(ClassLoss kind) {
  return kind == ClassLoss::quality_focal || kind == ClassLoss::varifocal ||
         kind == ClassLoss::iou_branch;
}

double log_sum_exp(std::span<const float> logits) {
  assert(!logits.empty());
  const float largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits)
    sum += std::exp(static_cast<double>(logit) - static_cast<double>(largest));
  return static_cast<double>(largest) + std::log(sum);
}

ClassTerm cross_entropy(std::span<const float> logits, std::size_t target,
                        std::span<float> gradient) {
  const Sigmoid softmax = softmax_at(logits, target);
  write_gradient(logits, target, softmax, -1, gradient);
  return {-softmax.log_yes, softmax.log_yes};
}

ClassTerm focal_loss(std::span<const float> logits, std::size_t target, double alpha, double gamma,
                     std::span<float> gradient) {
  const Sigmoid softmax = softmax_at(logits, target);
  const double weight = alpha < 0 ? 1 : target == 0 ? 1 - alpha : alpha;
  const double factor = power(softmax.no, gamma);
  // dL/dlog p, without any division by p or 1 - p.
  const double slope =
      gamma > 0 && softmax.no > 0
          ? gamma * power(softmax.no, gamma - 1) * softmax.yes * softmax.log_yes - factor
          : -factor;
  write_gradient(logits, target, softmax, weight * slope, gradient);
  return {-weight * factor * softmax.log_yes, softmax.log_yes};
}

namespace {

/// The cross-entropy of the softmax against `quality` at the target and the rest at background,
/// times |quality - p|^beta, or times `quality` if beta is negative.
ClassTerm soft_target_loss(std::span<const float> logits, std::size_t target, double quality,
                           double beta, std::span<float> gradient) {
  const double log_sum = log_sum_exp(logits);
  const auto log_p = [&](std::size_t c) { return static_cast<double>(logits[c]) - log_sum; };
  const double p = std::exp(log_p(target));
  const double entropy = -quality * log_p(target) - (1 - quality) * log_p(0);
  const double distance = p - quality;
  const double factor = beta < 0 ? quality : power(std::abs(distance), beta);
  // d factor / d logit[c] = slope * ([c is the target] - p_c)
  const double slope =
      beta < 0 ? 0
               : beta * power(std::abs(distance), beta - 1) * (distance < 0 ? -1 : 1) * p * entropy;
  for (std::size_t c = 0; c < logits.size(); ++c) {
    const double at_target = c == target ? 1 : 0, at_background = c == 0 ? 1 : 0;
    const double p_c = std::exp(log_p(c));
    gradient[c] =
        static_cast<float>(slope * (at_target - p_c) +
                           factor * (p_c - quality * at_target - (1 - quality) * at_background));
  }
  return {factor * entropy, log_p(target)};
}

/// -alpha (1 - p)^gamma log p at background.
ClassTerm weighed_background(std::span<const float> logits, double alpha, double gamma,
                             std::span<float> gradient) {
  ClassTerm term = focal_loss(logits, 0, -1, gamma, gradient);
  term.loss *= alpha;
  for (float& g : gradient) g = static_cast<float>(alpha * static_cast<double>(g));
  return term;
}

}  // namespace

ClassTerm quality_focal_loss(std::span<const float> logits, std::size_t target, double quality,
                             double beta, std::span<float> gradient) {
  if (logits.size() > 2)
    return target == 0 ? weighed_background(logits, 1, beta, gradient)
                       : soft_target_loss(logits, target, quality, beta, gradient);
  const double x = static_cast<double>(logits[1]) - static_cast<double>(logits[0]);
  const Sigmoid p = sigmoid(x);
  const double entropy = (1 - quality) * x - p.log_yes;  // binary cross-entropy on the logit
  const double distance = p.yes - quality;
  const double factor = power(std::abs(distance), beta);
  const double slope = beta * power(std::abs(distance), beta - 1) * (distance < 0 ? -1 : 1) *
                           p.yes * p.no * entropy +
                       factor * distance;
  gradient[1] = static_cast<float>(slope);
  gradient[0] = -gradient[1];
  return {factor * entropy, target == 0 ? p.log_yes - x : p.log_yes};
}

ClassTerm varifocal_loss(std::span<const float> logits, std::size_t target, double quality,
                         double alpha, double gamma, std::span<float> gradient) {
  if (logits.size() > 2)
    return target == 0 ? weighed_background(logits, alpha, gamma, gradient)
                       : soft_target_loss(logits, target, quality, -1, gradient);
  const double x = static_cast<double>(logits[1]) - static_cast<double>(logits[0]);
  const Sigmoid p = sigmoid(x);
  const double log_no = p.log_yes - x;
  ClassTerm term;
  double slope = 0;
  if (target == 0) {
    const double factor = alpha * power(p.yes, gamma);
    term = {-factor * log_no, log_no};
    slope = factor * (p.yes - gamma * p.no * log_no);
  } else {
    term = {quality * ((1 - quality) * x - p.log_yes), p.log_yes};
    slope = quality * (p.yes - quality);
  }
  gradient[1] = static_cast<float>(slope);
  gradient[0] = -gradient[1];
  return term;
}

ClassTerm iou_branch_loss(std::span<const float> logits, std::size_t target, double quality,
                          double alpha, double gamma, std::span<float> gradient) {
  // The focal loss of a pair whose background is 0 is that of the face's logit alone.
  const std::array<float, 2> face{0, logits[1]};
  std::array<float, 2> slope{};
  ClassTerm term = focal_loss(face, target, alpha, gamma, slope);
  gradient[1] = slope[1];
  gradient[0] = 0;
  if (target != 0) {
    const double x = -static_cast<double>(logits[0]);
    const Sigmoid q = sigmoid(x);
    term.loss += (1 - quality) * x - q.log_yes;
    gradient[0] = static_cast<float>(quality - q.yes);
  }
  term.log_likelihood = softmax_at(logits, target).log_yes;
  return term;
}

}  // namespace faceshot::loss
