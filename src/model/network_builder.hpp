// Writes a NetworkSpec layer by layer: the vocabulary in which backbones, necks and heads are put.
#pragma once

#include <string>

#include "model/network_spec.hpp"

namespace faceshot {

/// A layer's output while a network is being written: its name and how many channels it has.
struct Feature {
  std::string layer;
  int channels = 0;
};

class NetworkBuilder {
 public:
  explicit NetworkBuilder(NetworkSpec& spec) : spec_(spec) {}

  [[nodiscard]] Feature input() const { return {"input", spec_.input_channels}; }

  /// Plain convolution with "same" padding for odd kernels; named NAME.
  Feature conv(const std::string& name, const Feature& in, int channels, int kernel, int stride = 1,
               int groups = 1, bool bias = false);

  /// Convolution, BatchNorm, ReLU: NAME.conv, NAME.bn, NAME.relu.
  Feature conv_bn_relu(const std::string& name, const Feature& in, int channels, int kernel,
                       int stride = 1);

  /// Depthwise 3x3 followed at once by pointwise 1x1, then BatchNorm and (if `relu`) ReLU. Without
  /// anything between the two convolutions, as in Xception (Chollet 2017, fig. 10: better than
  /// with); it also halves the element-wise passes of a training step.
  Feature separable(const std::string& name, const Feature& in, int channels, int stride = 1,
                    bool relu = true);

  /// `in` plus a separable block of it, then ReLU.
  Feature residual_separable(const std::string& name, const Feature& in);

  Feature relu(const std::string& name, const Feature& in);
  Feature add(const std::string& name, const Feature& a, const Feature& b);
  Feature upsample(const std::string& name, const Feature& in, int factor);

  /// SSD head on a level: a separable tower, then 1x1 convolutions for location and confidence
  /// and, if wanted, for five landmarks.
  void ssd_head(const std::string& name, const Feature& in, const PriorLevel& level,
                bool landmarks = false);

 private:
  Feature append(Layer layer);

  NetworkSpec& spec_;
};

}  // namespace faceshot
