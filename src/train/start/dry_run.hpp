// A look at a run before it is started: does the config fit the data, how fast is a step, how much
// memory does it take, how long will all of it last. No Torch here.
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
  std::vector<std::string> callbacks;  ///< that the config switches on, in their order
  double images_per_second = 0;        ///< forward, loss, backward, update; no waiting for images
  double first_images_per_second = 0;  ///< while images are read for the first time
  double validation_seconds = 0;       ///< of one validation; 0 without validation images
  double total_seconds = 0;            ///< of the whole run: its first epoch at that pace
  std::int64_t peak_memory = 0;        ///< bytes used by now
  std::int64_t expected_memory = 0;    ///< bytes once the cache of decoded images is full
  std::int64_t available_memory = 0;   ///< bytes that the machine could still give; 0: unknown
  std::int64_t checkpoint_size = 0;    ///< bytes of last.pt, about
};

/// Reads the data, makes the network, runs a few steps and a little validation in memory, and
/// forgets all of it: nothing is written.
/// @param note one line at a time for the user; may be empty
/// @throws Error as start_training(), but for what is wrong with a folder
[[nodiscard]] DryRun dry_run(const Config& config,
                             const std::function<void(const std::string&)>& note);

}  // namespace faceshot::train
