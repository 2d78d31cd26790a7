// The learning rate as a function of the step: no state, so a resume cannot lose any.
#pragma once

#include <cstdint>

#include "train/config/config.hpp"

namespace faceshot::train {

/// Rate of step `step` (from 0) of `steps_per_epoch * options.epochs`: linear warm-up from
/// learning_rate / warmup_steps, then one of those below. A run that begins later, at
/// options.start_step, has a warm-up of as many steps there, to the rate that the schedule has;
/// after it the rates are those of a run that has begun at 0.
/// - constant;
/// - step: times step_factor at each of step_epochs;
/// - exponential: times decay_rate every decay_steps steps, smoothly;
/// - cosine: down to final_rate (Loshchilov and Hutter, 2017, without restarts);
/// - poly: (1 - share of the steps done)^poly_power (DeepLab's);
/// - one_cycle: up for 30 % of the steps from a 25th, then down to a 10,000th of that (Smith and
///   Topin, 2019), as PyTorch's OneCycleLR.
/// @pre step >= options.start_step. Thread safe.
[[nodiscard]] double learning_rate(const TrainOptions& options, std::int64_t steps_per_epoch,
                                   std::int64_t step);

}  // namespace faceshot::train
