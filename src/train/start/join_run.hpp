// Joins several processes to one run. No Torch here.
#pragma once

namespace faceshot::train {

struct TrainingRun;

/// Meets the processes that `run.processes` speaks of and makes `run.group`: checks that all are
/// about to do the same, gives all the weights and averages of rank 0, and lets BatchNorm take its
/// statistics over all. Nothing to do for a process alone.
/// @pre weights and position are those to begin with
/// @throws Error(io) as ProcessGroup; Error(invalid_argument) if a process has another config,
/// other
///         data or another position than rank 0
void join_run(TrainingRun& run);

}  // namespace faceshot::train
