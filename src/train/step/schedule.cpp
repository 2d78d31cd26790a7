#include "train/step/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace faceshot::train {

namespace {

/// From `from` to `to` along half a cosine. @param share in [0, 1]
double anneal(double from, double to, double share) {
  return to + (from - to) * 0.5 * (1 + std::cos(std::numbers::pi * share));
}

double one_cycle(double peak, double step, double steps) {
  constexpr double rising = 0.3, first = 1.0 / 25, last = first / 1e4;
  const double top = rising * steps - 1;
  if (step <= top) return anneal(peak * first, peak, step / std::max(top, 1.0));
  return anneal(peak, peak * last, std::min(1.0, (step - top) / std::max(steps - 1 - top, 1.0)));
}

/// The rate of a step, regardless of where the run starts.
double scheduled_rate(const TrainOptions& options, std::int64_t steps_per_epoch,
                      std::int64_t step) {
  const auto peak = static_cast<double>(options.learning_rate);
  const std::int64_t warmup = options.warmup_steps;
  if (step < warmup) return peak;
  if (options.schedule == "step") {
    const std::int64_t epoch = step / std::max<std::int64_t>(steps_per_epoch, 1);
    const auto drops = std::count_if(options.step_epochs.begin(), options.step_epochs.end(),
                                     [&](int at) { return epoch >= at; });
    return peak * std::pow(static_cast<double>(options.step_factor), static_cast<double>(drops));
  }
  const auto done = static_cast<double>(step - warmup);
  if (options.schedule == "exponential")
    return peak * std::pow(static_cast<double>(options.decay_rate), done / options.decay_steps);
  const auto all =
      static_cast<double>(std::max<std::int64_t>(steps_per_epoch * options.epochs - warmup, 1));
  const double share = std::clamp(done / all, 0.0, 1.0);
  if (options.schedule == "cosine")
    return anneal(peak, peak * static_cast<double>(options.final_rate), share);
  if (options.schedule == "poly")
    return peak * std::pow(1 - share, static_cast<double>(options.poly_power));
  if (options.schedule == "one_cycle") return one_cycle(peak, done, all);
  return peak;
}

}  // namespace

double learning_rate(const TrainOptions& options, std::int64_t steps_per_epoch, std::int64_t step) {
  const double rate = scheduled_rate(options, steps_per_epoch, step);
  const auto done = static_cast<double>(step - options.start_step + 1);
  return done < options.warmup_steps ? rate * done / options.warmup_steps : rate;
}

}  // namespace faceshot::train
