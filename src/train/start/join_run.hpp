// Connects several processes to one run. No Torch here.
#pragma once

namespace faceshot::train {

struct TrainingRun;

/// Connects to the processes described by `run.processes` and creates `run.group`: checks that all
/// are about to do the same, copies the weights and averages of rank 0 to all, and makes BatchNorm
/// compute its statistics over all. Does nothing for a single process.
/// @pre weights and position are the initial ones
/// @throws Error(io) as ProcessGroup; Error(invalid_argument) if a process's config, data or
/// position
///         differs from rank 0's
void join_run(TrainingRun& run);

}  // namespace faceshot::train
