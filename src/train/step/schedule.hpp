// The learning rate as a function of the step: it has no state that a resume could lose.
#pragma once

#include <cstdint>

#include "train/config/config.hpp"

namespace faceshot::train {

/// Rate of step `step` (from 0) of `steps_per_epoch * options.epochs`: linear warm-up from
/// learning_rate / warmup_steps, then one of those below. A run that starts later, at
/// options.start_step, warms up there over the same number of steps, to the schedule's rate; after
/// that the rates are those of a run that started at 0.
/// - constant;
/// - step: times step_factor at each of step_epochs;
/// - exponential: times decay_rate every decay_steps steps, smoothly;
/// - cosine: down to final_rate (Loshchilov and Hutter, 2017, without restarts);
/// - poly: (1 - share of the steps done)^poly_power (DeepLab's);
/// - one_cycle: from 1/25 up for 30 % of the steps, then down to 1/10,000 of the initial rate
/// (Smith and
///   Topin, 2019), like PyTorch's OneCycleLR.
/// @pre step >= options.start_step. Thread safe.
[[nodiscard]] double learning_rate(const TrainOptions& options, std::int64_t steps_per_epoch,
                                   std::int64_t step);

}  // namespace faceshot::train
