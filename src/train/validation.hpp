// Evaluates a network on images that it was not trained on.
// No Torch in this header.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "data/prepared/prepared.hpp"
#include "evaluate/ap_by_height.hpp"
#include "evaluate/average_precision.hpp"
#include "train/config/config.hpp"

namespace faceshot::model {
class TorchNetwork;
}

namespace faceshot::train {

/// One of the images, for display.
struct ValidationExample {
  std::filesystem::path image;
  std::vector<Detection> detections;  ///< in its pixels, by descending score
};

struct ValidationResult {
  double confidence_loss = 0;
  double location_loss = 0;
  double negative_log_likelihood = 0;  ///< as in MultiboxResult
  double ap = 0;                       ///< VOC average precision at IoU 0.5; mean over the classes
  std::vector<double> ap_by_class;     ///< the same of each class
  evaluate::ApByHeight by_height;      ///< over faces above each minimum height; means over the
                                       ///< classes
  std::optional<double> false_alarms;  ///< per image of the negatives, at the score with a recall
                                       ///< of alarm_recall for faces of alarm_height; nothing
                                       ///< without negatives
  double landmark_loss = 0;            ///< 0 for a network without landmarks
  std::optional<double> landmark_error;     ///< normalised mean error over the faces found; nothing
                                            ///< if the network or those faces have no landmarks
  evaluate::PrecisionRecallCurve curve;     ///< at IoU 0.5; over all classes
  std::vector<ValidationExample> examples;  ///< the first few of the set
};

/// Runs `network` (put into evaluation mode, then back) over all of `set` and of `negatives`, each
/// image scaled and padded as by a detector with a max_side of validate_side: the figures are those
/// of `faceshot evaluate --protocol voc` for the exported network. Only in the losses, faces below
/// augment.min_face pixels of the input are ignored.
/// @param negatives images without faces; may be empty
/// @param alive  called every few images
/// @throws Error for an unreadable image
[[nodiscard]] ValidationResult validate_network(model::TorchNetwork& network,
                                                const data::PreparedSet& set,
                                                const data::PreparedSet& negatives,
                                                const Config& config, int threads,
                                                const std::function<void()>& alive = {});

}  // namespace faceshot::train
