// What a detector must know about a model file beyond its graph. It is stored in the ONNX file's
// metadata_props, as the strings listed in docs/onnx_metadata.md; the exporter writes them, the
// detector and any other program can read them.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "faceshot/image_view.hpp"
#include "faceshot/prior.hpp"

namespace faceshot {
inline namespace v0_1 {

class Network;

/// How a network's outputs become boxes; docs/onnx_metadata.md has the formulas.
enum class HeadType {
  ssd,        ///< offsets from priors
  yunet,      ///< a box a cell, class and objectness
  scrfd,      ///< distances of a box's sides from its anchor
  ultraface,  ///< corners, decoded in the graph
};

/// One stride of a head without priors (yunet, scrfd): names of its outputs.
struct HeadLevel {
  int stride = 8;
  std::string score;       ///< probabilities
  std::string objectness;  ///< yunet only
  std::string boxes;
  std::string landmarks;  ///< empty: none
};

struct ModelInfo {
  std::string name;                              ///< "faceshot.name"
  PixelFormat channel_order = PixelFormat::bgr;  ///< "faceshot.channel_order": "bgr" or "rgb"
  std::array<float, 3> mean{};          ///< "faceshot.mean": input = (pixel - mean) * scale, in
  std::array<float, 3> scale{1, 1, 1};  ///< "faceshot.scale"  channel order; pixel in 0..255
  int size_divisor = 32;                ///< "faceshot.size_divisor": width and height multiples
  int train_size = 320;                 ///< "faceshot.train_size": side of training crops
  PriorSpec priors;                     ///< "faceshot.priors": JSON, see onnx_metadata.md
  std::vector<std::string>
      features;  ///< "faceshot.features": JSON list of tensor names, a level each
  std::vector<std::string> classes{"face"};  ///< "faceshot.classes": JSON list, without background
  std::string loc_output = "loc";            ///< [1, P, 4] offsets
  std::string conf_output = "conf";          ///< [1, P, classes + 1] logits, background first
  std::string landmark_output;               ///< [1, P, 10] offsets; empty: the network has none
  HeadType head = HeadType::ssd;             ///< "faceshot.head": "ssd", ...; without it ssd
  std::vector<HeadLevel> levels;             ///< "faceshot.levels": JSON list; yunet, scrfd
  bool probabilities = false;  ///< "faceshot.probabilities": conf is after its softmax; ssd
  /// "faceshot.score_threshold", in (0, 1): the detector's default threshold; none: not in the
  /// file.
  std::optional<float> default_threshold = std::nullopt;
  /// "faceshot.class_thresholds": JSON list, one for each class, instead of the one above; empty:
  /// not in the file.
  std::vector<float> class_thresholds;
  /// "faceshot.one_label": boxes have one class only (a mask is worn or not), so boxes of different
  /// classes suppress each other.
  bool one_label = false;
  /// "faceshot.box_voting": suppressed boxes vote on the box that is kept, and the score of a lone
  /// box is lowered (docs/onnx_metadata.md).
  bool box_voting = false;
  std::map<std::string, std::string> notes;  ///< "faceshot.config", "faceshot.provenance",
                                             ///< "faceshot.license", "faceshot.metrics",
                                             ///< "faceshot.calibration", ...

  [[nodiscard]] bool has_landmarks() const {
    return !landmark_output.empty() || (!levels.empty() && !levels.front().landmarks.empty());
  }

  /// @throws Error(format) that names the missing or damaged key
  [[nodiscard]] static ModelInfo from_metadata(const std::map<std::string, std::string>& metadata);
  [[nodiscard]] std::map<std::string, std::string> to_metadata() const;
  /// Reads a description of a network that has no metadata: docs/onnx_metadata.md.
  /// @throws Error(not_found) no such file; Error(format) that names file and key
  [[nodiscard]] static ModelInfo from_toml(const std::string& path);
  /// From the network's metadata; if it has none, from its outputs' names, if they are those of a
  /// known head; else from the file with the model's name and the extension .toml, if it exists.
  /// @param network whose file or outputs decide
  /// @param model_path for that file and for messages; may be empty
  /// @throws Error as the others; Error(unsupported) that says what to do if nothing matches
  [[nodiscard]] static ModelInfo of(const Network& network, const std::string& model_path);
};

}  // namespace v0_1
}  // namespace faceshot
