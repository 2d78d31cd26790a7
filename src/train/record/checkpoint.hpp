// The whole state of a training run in one file.
//
// The file is a Torch archive (zip) of nested dictionaries: Python's torch.load() opens it. Weights
// in "model" and "ema" are named as in the NetworkSpec. No Torch in this header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "network/network_spec.hpp"
#include "weights/weights.hpp"

namespace faceshot::train {

struct Checkpoint {
  std::string config;          ///< resolved, TOML
  weights::Weights model;      ///< parameters and BatchNorm statistics, as trained
  weights::Weights ema;        ///< their moving average; empty if the run keeps none
  weights::Weights optimizer;  ///< "exp_avg/NAME" and "exp_avg_sq/NAME"
  /// Updates that each parameter's optimiser state has behind it: less than "step" for one that was
  /// frozen at first. Where a file has none (it is from before there was freezing), "step" for all.
  std::map<std::string, std::int64_t> optimizer_steps;
  std::map<std::string, std::int64_t> counters;  ///< "epoch", "batch", "step"
  std::map<std::string, double> scalars;         ///< "best_ap", running sums of the epoch

  /// What to export and to validate: the average where there is one.
  [[nodiscard]] const weights::Weights& best_weights() const { return ema.empty() ? model : ema; }
};

/// Writes atomically: the old file stays whole until the new one is complete on disk.
/// @throws Error(io)
void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// @throws Error(not_found); Error(format) if the file is damaged or not a checkpoint of ours
[[nodiscard]] Checkpoint load_checkpoint(const std::filesystem::path& path);

}  // namespace faceshot::train
