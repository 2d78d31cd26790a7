// Examines a run before it is started: whether the config fits the data, the speed of a step, the
// memory, and the total time. No Torch here.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "train/config/config.hpp"

namespace faceshot::train {

struct DryRun {
  std::size_t train_images = 0, val_images = 0, test_images = 0;
  std::int64_t parameters = 0, priors = 0;
  std::int64_t steps_per_epoch = 0;
  int epochs = 0, threads = 0;
  std::vector<std::string> callbacks;  ///< enabled by the config, in their order
  double images_per_second = 0;        ///< forward, loss, backward, update; without waiting for
                                       ///< images
  double first_images_per_second = 0;  ///< while images are read for the first time
  double validation_seconds = 0;       ///< of one validation; 0 without validation images
  double total_seconds = 0;            ///< of the whole run; its first epoch at the pace of first
                                       ///< reading
  std::int64_t peak_memory = 0;        ///< bytes used so far
  std::int64_t expected_memory = 0;    ///< bytes once the cache of decoded images is full
  std::int64_t available_memory = 0;   ///< bytes still available on the machine; 0: unknown
  std::int64_t checkpoint_size = 0;    ///< approximate bytes of last.pt
};

/// Reads the data, creates the network, runs a few steps and a short validation in memory, and
/// discards everything: nothing is written.
/// @param note one line at a time for the user; may be empty
/// @throws Error as start_training(), except for problems with a folder
[[nodiscard]] DryRun dry_run(const Config& config,
                             const std::function<void(const std::string&)>& note);

}  // namespace faceshot::train
