// Prepares a run before its first step: weights from a file, a check of its priors, freezing.
// No Torch here.
#pragma once

#include <string>

namespace faceshot::train {

struct TrainingRun;

/// The weights of a new run: those of model.init.file where the config names one; BatchNorm that is
/// folded there is put back with statistics of this run's samples. Tells the user what became of
/// each array. Sets run.starts_whole.
/// @return what init.json is to hold; empty without model.init.file
/// @throws Error as init_weights()
std::string start_weights(TrainingRun& run);

/// Looks at the faces of the first batches: tells the user where the priors cover few of them, and
/// where heads give landmarks that none of them has.
/// @throws Error(invalid_argument) if hardly any is covered
void check_samples(TrainingRun& run);

/// Freezes what the config freezes in the coming epoch. Depends on nothing but the epoch, so that a
/// resumed run freezes what the whole run would.
void apply_freezing(TrainingRun& run);

}  // namespace faceshot::train
