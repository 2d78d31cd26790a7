// The properties of moving scenes, and the file that sets them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace faceshot::synth {

struct Range {
  double low = 0, high = 0;
};

/// Of one scene; each scene draws its own values from ranges and probabilities.
struct MovingSceneOptions {
  int width = 640, height = 360, frames = 120;
  std::vector<double> frame_rates{30, 25, 25, 12.5, 8};  ///< one of these, frames per second
  Range people{2, 8};                                    ///< per shot
  Range face_height{16, 110};                            ///< pixels; log-uniform
  double walkers = 0.45;                                 ///< share of people who walk through
  Range walk_speed{1, 7};                                ///< face heights per second
  double restless = 0.2;                                 ///< share who move back and forth
  double approaching = 0.1;                              ///< share who approach or move away
  double turns = 0.6;          ///< probability that a person looks far aside for a moment, once or
                               ///< twice
  double nods = 0.25;          ///< probability that a person looks down for a moment
  double pans = 0.35;          ///< probability that a shot's camera pans back and forth
  Range pan_width{60, 240};    ///< pixels from the centre
  Range pan_seconds{2.5, 6};   ///< back and forth
  double shakes = 0.45;        ///< probability of a hand-held camera
  double zooms = 0.15;         ///< probability of a zoom
  double cuts = 0.3;           ///< probability of a cut, and of a second one
  double occluders = 0.5;      ///< probability of posts and boards
  double passers = 0.3;        ///< share of them that move past
  double dark = 0.2;           ///< probability of dark moments
  double unfocused = 0.3;      ///< probability of moments out of focus
  Range shutter{0.1, 0.7};     ///< exposure as a share of a frame's time
  Range noise{0, 8};           ///< standard deviation of the sensor noise, grey levels
  Range jpeg_quality{35, 95};  ///< in two scenes of three
};

/// The options, and the seeds of a file's scenes.
struct MovingScenes {
  MovingSceneOptions scene;
  std::uint64_t first_seed = 1, last_seed = 50;
};

/// @throws Error(invalid_argument) naming the option
void validate(const MovingSceneOptions& options);

/// TOML: [seeds] first, last; [scene] with the names above; omitted keys have the defaults above.
/// @throws Error(not_found, io), Error(format) naming file and line for unknown keys and impossible
///         values
[[nodiscard]] MovingScenes read_moving_scenes(const std::filesystem::path& path);

}  // namespace faceshot::synth
