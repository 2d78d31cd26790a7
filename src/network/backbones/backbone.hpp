// The base networks that detectors are built on, in one explicit table. No Torch here.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "network/network_builder.hpp"

namespace faceshot::network {

struct BackboneOptions {
  float alpha = 1;      ///< multiplies the channel counts
  std::string variant;  ///< one of the family's `variants`
  /// Of our own backbones: channels of the stem and of the stages at strides 4, 8, 16, 32 and 64,
  /// and blocks of these five stages; empty: their usual ones.
  std::vector<int> widths, blocks;
};

/// A place to take features from.
struct BackboneTap {
  std::string name;  ///< "C3"
  Feature feature;
  int stride = 1;  ///< input pixels from one cell to the next
};

/// A family of base networks, or one member of it.
struct Backbone {
  const char* name;       ///< in configs: "mobilenet_v2"
  const char* reference;  ///< the paper
  int input_size;         ///< side that figures are given for
  /// How others have it, the default first: "torchvision" and "keras" differ in padding, rounding
  /// of channel counts and BatchNorm's epsilon.
  std::vector<std::string> variants;
  bool batch_norm;                    ///< parts added to it then have it too
  std::vector<std::string> features;  ///< taps that a detector uses if its config names none
  const char* neck;                   ///< the same: "none", "fpn" or "tfpn"
  /// Writes the layers, all named "backbone.", without classifier.
  std::vector<BackboneTap> (*build)(NetworkBuilder&, const BackboneOptions&);
};

/// All there are.
[[nodiscard]] std::span<const Backbone> backbones();

/// @throws Error(not_found) that names the nearest one and lists all
[[nodiscard]] const Backbone& find_backbone(const std::string& name);

/// The usual name of what a network gives at this stride: "C3" at 8, "C4" at 16.
[[nodiscard]] std::string tap_name(int stride);

/// `channels` times alpha, as MobileNetV2's authors round: to the nearest multiple of `divisor`, at
/// least that, and never more than a tenth below the product.
[[nodiscard]] int scaled_channels(int channels, float alpha, int divisor = 8);

}  // namespace faceshot::network
