// What happens beside the steps of a run: averaging, validation, checkpoints, logs, reasons to
// stop. Each is one small class; callback_table.hpp lists them in the order in which they are
// called.
#pragma once

namespace faceshot::train {

struct Checkpoint;
struct EpochMetrics;
struct TrainingRun;

/// One run's. What it must remember over a kill it puts into checkpoints, under names of its own.
/// Called from the training thread only.
class Callback {
 public:
  Callback() = default;
  virtual ~Callback() = default;
  Callback(const Callback&) = delete;
  Callback& operator=(const Callback&) = delete;

  /// Before the first step of this start or resume; the run's folder is there.
  virtual void on_start(TrainingRun&) {}

  /// After on_start() of all, where a new run has TrainingRun::starts_whole and images to validate
  /// on; `metrics` (its `start` is set) holds what callbacks before have added. A run that is
  /// resumed has had it.
  virtual void on_start_weights(TrainingRun&, EpochMetrics& /*metrics*/) {}

  /// @param rate what the schedule, and callbacks before, say for the next step
  /// @return what is to be used
  [[nodiscard]] virtual double adjust_rate(double rate) const { return rate; }

  /// After a step; `run.position` counts it. May set `run.stop`.
  virtual void on_step(TrainingRun&) {}

  /// The network's output is not finite. The run ends with an error after this.
  virtual void on_diverged(TrainingRun&) {}

  /// After an epoch; `run.position.epoch` counts it, `metrics` holds the means of its training
  /// losses and what callbacks before have added. May set `run.ended_early`.
  virtual void on_epoch(TrainingRun&, EpochMetrics& /*metrics*/) {}

  /// The run has come to its end; not if it was merely stopped. Called again where a run that has
  /// ended is resumed.
  virtual void on_end(TrainingRun&) {}

  virtual void save(Checkpoint&) const {}
  /// Takes what save() wrote; keeps its values where there is nothing.
  virtual void load(const Checkpoint&) {}
};

}  // namespace faceshot::train
