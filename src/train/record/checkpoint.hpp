// The whole state of a training run in one file.
//
// The file is a Torch archive (zip) of nested dictionaries: Python's torch.load() opens it. Weights
// in "model" and "ema" have the names of the NetworkSpec. No Torch in this header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "network/network_spec.hpp"
#include "weights/weights.hpp"

namespace faceshot::train {

struct Checkpoint {
  std::string config;          ///< with all defaults, TOML
  weights::Weights model;      ///< parameters and BatchNorm statistics, as trained
  weights::Weights ema;        ///< their moving average; empty if the run has none
  weights::Weights optimizer;  ///< "exp_avg/NAME" and "exp_avg_sq/NAME"
  /// Number of updates of each parameter's optimiser state: fewer than "step" for parameters that
  /// were frozen at first. If a file lacks them (it predates freezing), "step" for all.
  std::map<std::string, std::int64_t> optimizer_steps;
  std::map<std::string, std::int64_t> counters;  ///< "epoch", "batch", "step"
  std::map<std::string, double> scalars;         ///< "best_ap", running sums of the epoch
  /// What an export takes over from the detector that the run started from: "faceshot.license",
  /// "faceshot.provenance", "faceshot.score_threshold". Empty for other starts.
  std::map<std::string, std::string> notes;

  /// The weights to export and validate: the average if there is one.
  [[nodiscard]] const weights::Weights& best_weights() const { return ema.empty() ? model : ema; }
};

/// Writes atomically: the old file stays intact until the new one is complete on disk.
/// @throws Error(io)
void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// @throws Error(not_found); Error(format) if the file is damaged or not a checkpoint of ours
[[nodiscard]] Checkpoint load_checkpoint(const std::filesystem::path& path);

}  // namespace faceshot::train
