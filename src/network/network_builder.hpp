// Writes a NetworkSpec layer by layer: the functions with which backbones, necks and heads are
// written.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "network/network_spec.hpp"

namespace faceshot::network {

/// A layer's output in a network under construction: its name and its number of channels.
struct Feature {
  std::string layer;
  int channels = 0;
};

enum class Activation : std::uint8_t { none, relu, relu6 };

/// A convolution, with common defaults.
struct ConvShape {
  int channels = 0;  ///< outputs
  Kernel kernel{};
  int stride = 1;
  int groups = 1;
  int dilation = 1;
  bool bias = false;
  std::optional<Padding> padding{};  ///< none: keeps the map's size at stride 1
  bool pads_same = false;            ///< Layer::pads_same
};

class NetworkBuilder {
 public:
  explicit NetworkBuilder(NetworkSpec& spec) : spec_(spec) {}

  [[nodiscard]] Feature input() const { return {"input", spec_.input_channels}; }

  // --- single layers, each named `name` ---

  Feature conv(const std::string& name, const Feature& in, const ConvShape& shape);
  Feature batch_norm(const std::string& name, const Feature& in, float epsilon = 1e-5F);
  Feature relu(const std::string& name, const Feature& in);
  Feature relu6(const std::string& name, const Feature& in);
  Feature add(const std::string& name, const Feature& a, const Feature& b);
  Feature concat(const std::string& name, const std::vector<Feature>& parts);
  Feature upsample(const std::string& name, const Feature& in, int factor);
  Feature max_pool(const std::string& name, const Feature& in, int kernel, int stride,
                   int padding = 0, bool ceil_mode = false);
  Feature avg_pool(const std::string& name, const Feature& in, int kernel, int stride,
                   int padding = 0);
  Feature l2_norm(const std::string& name, const Feature& in);
  /// @pre the channels of `in` are a multiple of the sum of `runs`
  Feature max_out(const std::string& name, const Feature& in, const std::vector<int>& runs);
  /// Adds nothing for Activation::none.
  Feature activation(const std::string& name, const Feature& in, Activation kind);

  // --- blocks ---

  /// Convolution, BatchNorm, ReLU: NAME.conv, NAME.bn, NAME.relu.
  Feature conv_bn_relu(const std::string& name, const Feature& in, int channels, int kernel,
                       int stride = 1);

  /// Depthwise 3x3 immediately followed by pointwise 1x1, then BatchNorm and (if `relu`) ReLU.
  /// There is no layer between the two convolutions, as in Xception (Chollet 2017, fig. 10: better
  /// than with one); this also halves the element-wise passes of a training step.
  Feature separable(const std::string& name, const Feature& in, int channels, int stride = 1,
                    bool relu = true);

  /// `in` plus a separable block of it, then ReLU.
  Feature residual_separable(const std::string& name, const Feature& in);

 private:
  Feature append(Layer layer);
  /// A layer with one input and the same number of channels.
  Feature append(const std::string& name, LayerKind kind, const Feature& in);
  Feature pool(const std::string& name, LayerKind kind, const Feature& in, int kernel, int stride,
               int padding, bool ceil_mode);

  NetworkSpec& spec_;
};

}  // namespace faceshot::network
