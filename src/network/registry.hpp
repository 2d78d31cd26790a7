// From the [model] section of a config to a whole detector: backbone, extra layers, neck, heads.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "network/network_spec.hpp"

namespace faceshot::network {

/// The [model] section of a config.
struct ModelOptions {
  std::string name;                        ///< of the network, in its file; empty: the backbone's
  std::string backbone = "faceshot_nano";  ///< one of backbones()
  std::string variant;                     ///< of the backbone; empty: its first
  float alpha = 1.0F;                      ///< multiplies the channel counts, in (0, 4]
  /// The classes that it detects, without background. "auto" alone: those of the training data
  /// (train/start/class_names.hpp); one class, "face", if there are none.
  std::vector<std::string> classes{"auto"};
  /// An object has only one class, so boxes of different classes suppress each other.
  bool one_label = false;
  bool box_voting = true;           ///< suppressed boxes vote on those that are kept (ModelInfo)
  std::vector<int> widths, blocks;  ///< as in BackboneOptions; our own backbones only
  /// The inputs of the levels, finest first: taps of the backbone, then "extra1", "extra2", ... in
  /// this order. Empty: the backbone's default taps.
  std::vector<std::string> features;
  std::string neck = "auto";  ///< none, fpn, tfpn (neck.hpp); auto: the backbone's default
  int neck_channels = 64;     ///< before alpha
  std::vector<int> extras_channels{512, 256, 256, 256};  ///< extra1, extra2, ...; the last repeats
  std::string extras_layout = "stride";  ///< stride, ssd300, ssd512 (extra_layers.hpp)
  bool heads_separable = true;           ///< depthwise + pointwise instead of 3x3 convolutions
  bool heads_shared = true;  ///< separable: one block for all predictors of a level (ssd_head.hpp)
  int heads_direct = 0;      ///< this many of the finest levels predict by 1x1 convolutions only
  int heads_landmarks = 0;   ///< landmarks per face: 0 or 5
  /// Logits per prior of the finest level for background and for each class, of which the maximum
  /// counts (S3FD's max-out, PyramidBox's max-in-out); empty: one each.
  std::vector<int> heads_max_out;

  /// Priors of each level, in input pixels: sides of squares; for each of them (or for none) a
  /// second square of sqrt(side * max size); aspect ratios w/h, each with its inverse. Lists must
  /// be empty or as long as the list of levels.
  std::vector<std::vector<float>> prior_sizes{{10, 16, 24}, {32, 48}, {64, 96}, {128, 192, 256}};
  std::vector<std::vector<float>> prior_max_sizes;
  std::vector<std::vector<float>> prior_aspect_ratios;
  std::vector<float> prior_steps;  ///< distance between a level's cells; empty: input size / map
                                   ///< size
  bool prior_clip = false;         ///< clip to the input
  std::array<float, 4> variances{0.1F, 0.1F, 0.2F, 0.2F};

  /// (pixel - mean) / std for pixels from 0 to 255; one number, or one per channel in this order.
  std::string input_order = "bgr";  ///< bgr or rgb
  std::vector<float> input_mean{127.5F};
  std::vector<float> input_std{128.0F};
};

/// Names of all backbones.
[[nodiscard]] std::vector<std::string> backbone_names();

/// A backbone alone: layers and taps, no heads.
/// @param variant empty: its default
/// @throws as make_network()
[[nodiscard]] NetworkSpec make_backbone(const std::string& name, float alpha = 1,
                                        const std::string& variant = {});

/// Builds and validates the network that the options describe, without unused layers of the
/// backbone. Thread safe.
/// @throws Error(not_found) unknown backbone or tap, listing the available ones;
///   Error(invalid_argument) for inconsistent options, naming the key
[[nodiscard]] NetworkSpec make_network(const ModelOptions& options);

}  // namespace faceshot::network
