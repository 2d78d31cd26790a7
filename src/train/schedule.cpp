#include "train/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace faceshot {

double learning_rate(const TrainOptions& options, std::int64_t steps_per_epoch, std::int64_t step) {
  const auto peak = static_cast<double>(options.learning_rate);
  const std::int64_t warmup = options.warmup_steps;
  if (step < warmup) return peak * static_cast<double>(step + 1) / static_cast<double>(warmup);
  if (options.schedule == "step") {
    const std::int64_t epoch = step / std::max<std::int64_t>(steps_per_epoch, 1);
    const auto drops = std::count_if(options.step_epochs.begin(), options.step_epochs.end(),
                                     [&](int at) { return epoch >= at; });
    return peak * std::pow(static_cast<double>(options.step_factor), static_cast<double>(drops));
  }
  if (options.schedule == "cosine") {
    const std::int64_t total = steps_per_epoch * options.epochs;
    const double progress =
        std::clamp(static_cast<double>(step - warmup) /
                       static_cast<double>(std::max<std::int64_t>(total - warmup, 1)),
                   0.0, 1.0);
    const auto last = static_cast<double>(options.final_rate);
    return peak * (last + (1 - last) * 0.5 * (1 + std::cos(std::numbers::pi * progress)));
  }
  return peak;
}

}  // namespace faceshot
