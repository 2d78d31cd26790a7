#include "train/step/update_rules.hpp"

#include <cmath>

namespace faceshot::train {

void adam_step(const AdamRule& rule, std::int64_t step, const float* gradient, float* mean,
               float* square, float* weight, std::size_t count) {
  const auto t = static_cast<double>(step);
  const double correction1 = 1 - std::pow(rule.beta1, t);
  const double correction2 = 1 - std::pow(rule.beta2, t);
  const auto keep1 = static_cast<float>(rule.beta1), take1 = static_cast<float>(1 - rule.beta1);
  const auto keep2 = static_cast<float>(rule.beta2), take2 = static_cast<float>(1 - rule.beta2);
  const auto shrink = static_cast<float>(rule.decoupled ? 1 - rule.rate * rule.weight_decay : 1);
  const auto decay = static_cast<float>(rule.decoupled ? 0 : rule.weight_decay);
  const auto size = static_cast<float>(rule.rate / correction1);
  const auto deviation = static_cast<float>(1 / std::sqrt(correction2));
  const auto epsilon = static_cast<float>(rule.epsilon);
  for (std::size_t i = 0; i < count; ++i) {
    const float g = gradient[i] + decay * weight[i];
    mean[i] = keep1 * mean[i] + take1 * g;
    square[i] = keep2 * square[i] + take2 * g * g;
    weight[i] = shrink * weight[i] - size * mean[i] / (std::sqrt(square[i]) * deviation + epsilon);
  }
}

void sgd_step(const SgdRule& rule, bool first, const float* gradient, float* velocity,
              float* weight, std::size_t count) {
  const auto rate = static_cast<float>(rule.rate);
  const auto decay = static_cast<float>(rule.weight_decay);
  const auto momentum = static_cast<float>(rule.momentum);
  for (std::size_t i = 0; i < count; ++i) {
    float g = gradient[i] + decay * weight[i];
    if (velocity != nullptr) {
      velocity[i] = first ? g : momentum * velocity[i] + g;
      g = rule.nesterov ? g + momentum * velocity[i] : velocity[i];
    }
    weight[i] -= rate * g;
  }
}

}  // namespace faceshot::train
