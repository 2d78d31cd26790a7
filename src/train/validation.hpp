// How good a network is on images that it was not trained on.
// No Torch in this header.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "dataset/prepared.hpp"
#include "evaluate/average_precision.hpp"
#include "train/config.hpp"

namespace faceshot {

class TorchNetwork;

/// One of the images, to be looked at.
struct ValidationExample {
  std::filesystem::path image;
  float scale = 1;                    ///< from its pixels to those of the detections
  std::vector<Detection> detections;  ///< by falling score
};

struct ValidationResult {
  double confidence_loss = 0;
  double location_loss = 0;
  double negative_log_likelihood = 0;       ///< as MultiboxResult has it
  double ap = 0;                            ///< VOC average precision at IoU 0.5, in [0, 1]
  double landmark_loss = 0;                 ///< 0 for a network without landmarks
  std::optional<double> landmark_error;     ///< normalised mean error over the faces found; none if
                                            ///< the network or those faces have no landmarks
  PrecisionRecallCurve curve;               ///< at IoU 0.5
  std::vector<ValidationExample> examples;  ///< the first few of the set
};

/// Runs `network` (put into evaluation mode, then back) over all of `set`, each image letterboxed
/// to validate_side x validate_side. Faces below augment.min_face pixels there are ignored.
/// @param alive  called every few images
/// @throws Error for an unreadable image
[[nodiscard]] ValidationResult validate_network(TorchNetwork& network, const PreparedSet& set,
                                                const Config& config, int threads,
                                                const std::function<void()>& alive = {});

}  // namespace faceshot
