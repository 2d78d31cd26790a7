// The predictors of one level.
#pragma once

#include "network/network_builder.hpp"

namespace faceshot::network {

struct HeadOptions {
  bool separable = true;
  bool shared = true;
  bool direct = false;  ///< neither: 1x1 convolutions on `in`
  bool landmarks = false;
  /// Logits per prior for background and for each class, of which the maximum counts; empty: one
  /// each. {3, 1} is S3FD's max-out background label (Zhang et al., ICCV 2017, section 3.3).
  std::vector<int> max_out{};
};

/// Adds a head that predicts location, confidence and, optionally, five landmarks for each prior:
///   not separable        a 3x3 convolution each, as in SSD (Liu et al. 2016)
///   separable            depthwise 3x3, BatchNorm, ReLU, 1x1 each: SSDLite (Sandler et al. 2018)
///   separable and shared one separable block (NAME.tower), then a 1x1 each: a third of the cost
///   direct               a 1x1 each, for maps that a neck has already smoothed
/// Layers NAME.loc, NAME.conf, NAME.landmarks, with NAME.loc_dw and so on before them in SSDLite.
/// With max_out NAME.conf is the maximum, and NAME.conf_all the convolution before it.
/// @pre max_out is empty or has classes + 1 numbers, each at least 1
void add_ssd_head(NetworkBuilder& net, NetworkSpec& spec, const std::string& name,
                  const Feature& in, const PriorLevel& level, const HeadOptions& options);

}  // namespace faceshot::network
