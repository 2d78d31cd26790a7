// What moving scenes are like, and the file that says so.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace faceshot::synth {

struct Range {
  double low = 0, high = 0;
};

/// Of one scene; where there is a range or a chance, each scene draws its own.
struct MovingSceneOptions {
  int width = 640, height = 360, frames = 120;
  std::vector<double> frame_rates{30, 25, 25, 12.5, 8};  ///< one of these, frames per second
  Range people{2, 8};                                    ///< in a shot
  Range face_height{16, 110};                            ///< pixels; log-uniform
  double walkers = 0.45;                                 ///< share of people who walk through
  Range walk_speed{1, 7};                                ///< face heights per second
  double restless = 0.2;                                 ///< share who move to and fro
  double approaching = 0.1;                              ///< share who come nearer or go away
  double turns = 0.6;          ///< chance that a person looks far aside for a moment, or twice
  double nods = 0.25;          ///< chance that a person looks down for a moment
  double pans = 0.35;          ///< chance that a shot's camera pans to and fro
  Range pan_width{60, 240};    ///< pixels from the middle
  Range pan_seconds{2.5, 6};   ///< to and fro
  double shakes = 0.45;        ///< chance of a camera held by hand
  double zooms = 0.15;         ///< chance of a zoom
  double cuts = 0.3;           ///< chance of a cut, and of a second one
  double occluders = 0.5;      ///< chance of posts and boards
  double passers = 0.3;        ///< share of them that pass by
  double dark = 0.2;           ///< chance of moments with little light
  double unfocused = 0.3;      ///< chance of moments out of focus
  Range shutter{0.1, 0.7};     ///< share of a frame's time in which motion blurs
  Range noise{0, 8};           ///< deviation of the sensor's noise, grey levels
  Range jpeg_quality{35, 95};  ///< of two scenes in three
};

/// The options and which seeds make the scenes of a file.
struct MovingScenes {
  MovingSceneOptions scene;
  std::uint64_t first_seed = 1, last_seed = 50;
};

/// @throws Error(invalid_argument) that names the option
void validate(const MovingSceneOptions& options);

/// TOML: [seeds] first, last; [scene] with the names above; what is left out is as above.
/// @throws Error(not_found, io), Error(format) that names file and line for unknown keys and
///         impossible values
[[nodiscard]] MovingScenes read_moving_scenes(const std::filesystem::path& path);

}  // namespace faceshot::synth
