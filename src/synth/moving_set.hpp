// Moving scenes as folders in MOTChallenge's layout, which every tool for trackers reads.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>

#include "synth/moving_options.hpp"

namespace faceshot::synth {

struct MovingSetReport {
  std::size_t scenes = 0, frames = 0, faces = 0;
  std::size_t boxes = 0, ignored = 0;  ///< all boxes; of these: those that do not count
};

/// Writes DIR/scene-SEED/ for each seed: img1/000001.jpg ..., gt/gt.txt (frame, id, left, top,
/// width, height, 1, class, visibility; class 1, or 8, "distractor", for ignored faces: matching
/// one is neither right nor wrong), and seqinfo.ini. The same bytes for any number of threads.
/// @param dir must be new or empty; complete or not there at all
/// @param progress called with completed and total frames; may throw
/// @throws Error(io) if it cannot be written, Error(invalid_argument)
MovingSetReport write_moving_set(
    const std::filesystem::path& dir, const MovingScenes& scenes, int threads,
    const std::function<void(std::size_t done, std::size_t total)>& progress = {});

}  // namespace faceshot::synth
