// Everything besides the steps of a run: averaging, validation, checkpoints, logs, reasons to stop.
// Each is one small class; callback_table.hpp lists them in the order in which they are called.
#pragma once

namespace faceshot::train {

struct Checkpoint;
struct EpochMetrics;
struct TrainingRun;

/// Belongs to one run. State that must survive a kill is stored in checkpoints, under the
/// callback's own names. Called from the training thread only.
class Callback {
 public:
  Callback() = default;
  virtual ~Callback() = default;
  Callback(const Callback&) = delete;
  Callback& operator=(const Callback&) = delete;

  /// Before the first step of this start or resume; the run's folder exists.
  virtual void on_start(TrainingRun&) {}

  /// After on_start() of all callbacks, in a new run with TrainingRun::starts_whole and validation
  /// images; `metrics` (its `start` is set) holds what earlier callbacks have added. Not called on
  /// resume.
  virtual void on_start_weights(TrainingRun&, EpochMetrics& /*metrics*/) {}

  /// @param rate from the schedule and earlier callbacks, for the next step
  /// @return the rate to use
  [[nodiscard]] virtual double adjust_rate(double rate) const { return rate; }

  /// After a step, which `run.position` includes. May set `run.stop`.
  virtual void on_step(TrainingRun&) {}

  /// The network's output is not finite. The run ends with an error after this.
  virtual void on_diverged(TrainingRun&) {}

  /// After an epoch, which `run.position.epoch` includes; `metrics` holds the means of its training
  /// losses and what earlier callbacks have added. May set `run.ended_early`.
  virtual void on_epoch(TrainingRun&, EpochMetrics& /*metrics*/) {}

  /// The run is complete, not merely stopped. Called again if a completed run is resumed.
  virtual void on_end(TrainingRun&) {}

  virtual void save(Checkpoint&) const {}
  /// Restores what save() wrote; keeps its values if there is nothing.
  virtual void load(const Checkpoint&) {}
};

}  // namespace faceshot::train
