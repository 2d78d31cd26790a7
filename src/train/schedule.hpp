// The learning rate as a function of the step: no state, so a resume cannot lose any.
#pragma once

#include <cstdint>

#include "train/config.hpp"

namespace faceshot {

/// Rate of step `step` (from 0) of `steps_per_epoch * options.epochs`: linear warm-up from
/// learning_rate / warmup_steps, then cosine (Loshchilov and Hutter, 2017, without restarts),
/// steps, or constant. Thread safe.
[[nodiscard]] double learning_rate(const TrainOptions& options, std::int64_t steps_per_epoch,
                                   std::int64_t step);

}  // namespace faceshot
