// The base networks on which detectors are built, in one explicit table. No Torch here.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "network/network_builder.hpp"

namespace faceshot::network {

struct BackboneOptions {
  float alpha = 1;      ///< multiplies the channel counts
  std::string variant;  ///< one of the family's `variants`
  /// For our own backbones: channels of the stem and of the stages at strides 4, 8, 16, 32 and 64,
  /// and blocks of these five stages; empty: their defaults.
  std::vector<int> widths, blocks;
};

/// A feature map that detectors can use.
struct BackboneTap {
  std::string name;  ///< "C3"
  Feature feature;
  int stride = 1;  ///< input pixels from one cell to the next
};

/// A family of base networks, or one member of it.
struct Backbone {
  const char* name;       ///< in configs: "mobilenet_v2"
  const char* reference;  ///< the paper
  int input_size;         ///< side for which figures are given
  /// Other implementations, the default first: "torchvision" and "keras" differ in padding,
  /// rounding of channel counts and BatchNorm's epsilon.
  std::vector<std::string> variants;
  bool batch_norm;                    ///< parts added to it then use it too
  std::vector<std::string> features;  ///< default taps of a detector
  const char* neck;                   ///< default: "none", "fpn" or "tfpn"
  /// Adds the layers, all named "backbone.", without a classifier.
  std::vector<BackboneTap> (*build)(NetworkBuilder&, const BackboneOptions&);
};

/// All backbones.
[[nodiscard]] std::span<const Backbone> backbones();

/// @throws Error(not_found) naming the nearest one and listing all
[[nodiscard]] const Backbone& find_backbone(const std::string& name);

/// The usual name of a feature map at this stride: "C3" at 8, "C4" at 16.
[[nodiscard]] std::string tap_name(int stride);

/// `channels` times alpha, rounded as by MobileNetV2's authors: to the nearest multiple of
/// `divisor`, at least that, and never more than a tenth below the product.
[[nodiscard]] int scaled_channels(int channels, float alpha, int divisor = 8);

}  // namespace faceshot::network
