// What a detector must know of a model file beyond its graph. It travels in the ONNX file's
// metadata_props, as the strings that docs/onnx_metadata.md lists; the exporter writes them, the
// detector reads them, any other program can too.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "faceshot/image_view.hpp"
#include "faceshot/prior.hpp"

namespace faceshot {

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
  std::map<std::string, std::string> notes;  ///< "faceshot.config", "faceshot.provenance",
                                             ///< "faceshot.license", "faceshot.metrics", ...

  [[nodiscard]] bool has_landmarks() const { return !landmark_output.empty(); }

  /// @throws Error(format) that names the missing or damaged key
  [[nodiscard]] static ModelInfo from_metadata(const std::map<std::string, std::string>& metadata);
  [[nodiscard]] std::map<std::string, std::string> to_metadata() const;
};

}  // namespace faceshot
