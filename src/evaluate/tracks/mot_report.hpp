// The quality of tracks, for users and for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "evaluate/tracks/leak_rate.hpp"
#include "evaluate/tracks/mot_metrics.hpp"

namespace faceshot::evaluate {

/// One film, or all films together.
struct MotScore {
  std::string name;
  MotResult tracks;
  LeakRate leak;
};

/// Each sequence separately, then "all". @pre sequences is not empty
[[nodiscard]] std::vector<MotScore> score_mot(std::span<const MotSequence> sequences,
                                              const Hiding& hiding);

/// A table for the terminal: one row per film. Ends with a newline.
[[nodiscard]] std::string mot_table(std::span<const MotScore> scores);

/// Keys in docs/tracking.md.
[[nodiscard]] nlohmann::ordered_json mot_json(std::span<const MotScore> scores,
                                              const Hiding& hiding);

}  // namespace faceshot::evaluate
