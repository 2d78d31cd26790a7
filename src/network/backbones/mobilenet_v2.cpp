#include "network/backbones/mobilenet_v2.hpp"

#include <algorithm>

namespace faceshot::network {
namespace {

/// Rows of Table 2: expansion factor, channels, repetitions, stride of the first.
struct StageRow {
  int expansion, channels, repeats, stride;
};

constexpr StageRow rows[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                             {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};

class MobileNetV2Writer {
 public:
  MobileNetV2Writer(NetworkBuilder& net, const BackboneOptions& options)
      : net_(net), alpha_(options.alpha), keras_(options.variant == "keras") {}

  std::vector<BackboneTap> write() {
    Feature x = conv_bn("0", net_.input(),
                        {.channels = scaled_channels(32, alpha_), .kernel = {3, 3}, .stride = 2});
    int index = 1;
    for (const StageRow& row : rows)
      for (int i = 0; i < row.repeats; ++i, ++index)
        x = bottleneck(index, x, row.expansion, width(row.channels), i == 0 ? row.stride : 1);
    // The paper does not narrow the last layer.
    x = conv_bn("18", x, {.channels = scaled_channels(1280, std::max(1.0F, alpha_))});
    taps_.push_back({"C5", x, 32});
    return taps_;
  }

 private:
  [[nodiscard]] int width(int channels) const {
    if (!keras_) return scaled_channels(channels, alpha_);
    const double product = static_cast<double>(channels) * static_cast<double>(alpha_);
    return scaled_channels(static_cast<int>(product + 1e-4), 1);
  }

  [[nodiscard]] Feature norm(const std::string& name, const Feature& in) {
    return net_.batch_norm(name, in, keras_ ? 1e-3F : 1e-5F);
  }

  [[nodiscard]] Feature conv(const std::string& name, const Feature& in, ConvShape shape) {
    shape.pads_same = keras_ && shape.stride == 2;
    return net_.conv(name, in, shape);
  }

  /// NAME.0, NAME.1 (BatchNorm), NAME.2 (ReLU6).
  [[nodiscard]] Feature conv_bn(const std::string& name, const Feature& in,
                                const ConvShape& shape) {
    const std::string full = "backbone.features." + name;
    return net_.relu6(full + ".2", norm(full + ".1", conv(full + ".0", in, shape)));
  }

  [[nodiscard]] Feature bottleneck(int index, const Feature& in, int expansion, int channels,
                                   int stride) {
    const std::string number = std::to_string(index);
    const std::string prefix = number + ".conv.";
    // A tap is the last map before the next halving.
    if (stride == 2 && stride_ >= 4) taps_.push_back({tap_name(stride_), in, stride_});
    Feature x = in;
    int place = 0;
    if (expansion != 1)
      x = conv_bn(prefix + std::to_string(place++), x, {.channels = in.channels * expansion});
    if (stride == 2 && stride_ == 16) taps_.push_back({"C4_expand", x, 16});
    x = conv_bn(prefix + std::to_string(place++), x,
                {.channels = x.channels, .kernel = {3, 3}, .stride = stride, .groups = x.channels});
    const std::string full = "backbone.features." + prefix;
    x = conv(full + std::to_string(place), x, {.channels = channels});
    x = norm(full + std::to_string(place + 1), x);
    stride_ *= stride;
    const bool residual = stride == 1 && in.channels == channels;
    return residual ? net_.add("backbone.features." + number + ".add", x, in) : x;
  }

  NetworkBuilder& net_;
  float alpha_;
  bool keras_;
  int stride_ = 2;
  std::vector<BackboneTap> taps_;
};

}  // namespace

std::vector<BackboneTap> build_mobilenet_v2(NetworkBuilder& net, const BackboneOptions& options) {
  return MobileNetV2Writer(net, options).write();
}

}  // namespace faceshot::network
