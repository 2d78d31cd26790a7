// Prepares a run before its first step: weights from a file, a check of its priors, freezing.
// No Torch here.
#pragma once

#include <string>

namespace faceshot::train {

struct TrainingRun;

/// The weights of a new run: those of model.init.file if the config names one; folded BatchNorm is
/// restored with statistics of this run's samples. Reports to the user how each array was matched.
/// Sets run.starts_whole.
/// @return the content of init.json; empty without model.init.file
/// @throws Error as init_weights()
std::string start_weights(TrainingRun& run);

/// Examines the faces of the first batches: warns the user if the priors cover few of them, or if
/// heads have landmarks that none of them has.
/// @throws Error(invalid_argument) if hardly any is covered
void check_samples(TrainingRun& run);

/// Freezes what the config freezes in the coming epoch. Depends only on the epoch, so that a
/// resumed run freezes the same as an uninterrupted one.
void apply_freezing(TrainingRun& run);

}  // namespace faceshot::train
