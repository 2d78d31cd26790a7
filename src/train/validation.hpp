// How good a network is on images that it was not trained on.
// Includes Torch: keep it out of other headers.
#pragma once

#include <optional>

#include "dataset/prepared.hpp"
#include "model/torch_network.hpp"
#include "train/config.hpp"

namespace faceshot {

struct ValidationResult {
  double confidence_loss = 0;
  double location_loss = 0;
  double ap = 0;                         ///< VOC average precision at IoU 0.5, in [0, 1]
  double landmark_loss = 0;              ///< 0 for a network without landmarks
  std::optional<double> landmark_error;  ///< normalised mean error over the faces found; none if
                                         ///< the network or those faces have no landmarks
};

/// Runs `network` (put into evaluation mode, then back) over all of `set`, each image letterboxed
/// to validate_side x validate_side. Faces below augment.min_face pixels there are ignored.
/// @throws Error for an unreadable image
[[nodiscard]] ValidationResult validate_network(TorchNetwork& network, const PreparedSet& set,
                                                const Config& config, int threads);

}  // namespace faceshot
