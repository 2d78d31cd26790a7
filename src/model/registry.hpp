// The networks that a config can name, in one explicit table.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "model/network_spec.hpp"

namespace faceshot {

/// The [model] section of a config.
struct ModelOptions {
  std::string name = "faceshot-nano";
  float width = 1.0F;  ///< multiplies the channel counts, in (0, 4]
  /// Side lengths of the square priors of each level, in input pixels.
  std::vector<std::vector<float>> prior_sizes{{10, 16, 24}, {32, 48}, {64, 96}, {128, 192, 256}};
  std::array<float, 4> variances{0.1F, 0.1F, 0.2F, 0.2F};
  int heads_landmarks = 0;  ///< points a face that the heads give: 0 or 5
};

/// Names that make_network() knows.
[[nodiscard]] std::vector<std::string> network_names();

/// Builds and validates the network that the options describe.
/// @throws Error(not_found) unknown name, listing the known ones; Error(invalid_argument)
[[nodiscard]] NetworkSpec make_network(const ModelOptions& options);

}  // namespace faceshot
