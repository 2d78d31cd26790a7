#include "detect/tiny_model.hpp"

#include <vector>

#include "engine/onnx_builder.hpp"

namespace faceshot::testing {
namespace {

void add_head(OnnxBuilder& onnx, const std::string& name, const std::vector<float>& gains,
              const std::vector<float>& biases) {
  const auto channels = static_cast<std::int64_t>(gains.size());
  onnx.weights(name + ".weight", {channels, 1, 1, 1}, gains);
  onnx.weights(name + ".bias", {channels}, biases);
  set_ints(onnx.node("Conv", {"cells", name + ".weight", name + ".bias"}, name + ".map"),
           "kernel_shape", {1, 1});
  set_ints(onnx.node("Transpose", {name + ".map"}, name + ".nhwc"), "perm", {0, 2, 3, 1});
  onnx.integers(name + ".shape", {1, -1, channels});
  onnx.node("Reshape", {name + ".nhwc", name + ".shape"}, name);
  onnx.output(name);
}

}  // namespace

ModelInfo tiny_info() {
  ModelInfo info;
  info.name = "bright cells";
  info.scale = {1 / 255.0F, 1 / 255.0F, 1 / 255.0F};
  info.size_divisor = 8;
  info.priors.levels = {{{8}, {}, {}, true, 8}};
  info.priors.variances = {0.1F, 0.1F, 0.1F, 0.1F};
  info.features = {"cells"};
  return info;
}

std::string tiny_onnx(const ModelInfo& info, std::size_t landmark_values) {
  OnnxBuilder onnx;
  onnx.input("image", {"1", "3", "height", "width"});
  onnx.weights("mean.weight", {1, 3, 8, 8}, std::vector<float>(192, 1 / 192.0F));
  onnx::NodeProto& mean = onnx.node("Conv", {"image", "mean.weight"}, "cells");
  set_ints(mean, "kernel_shape", {8, 8});
  set_ints(mean, "strides", {8, 8});
  add_head(onnx, "loc", {0, 0, 0, 0}, {1.25F, 0, 0, 0});
  std::vector<float> gains{0}, biases{0};
  for (std::size_t c = 0; c < info.classes.size(); ++c) {
    gains.push_back(20);
    biases.push_back(-10 - static_cast<float>(c));
  }
  add_head(onnx, "conf", gains, biases);
  if (info.has_landmarks()) {
    std::vector<float> offsets{-2.5F, -2.5F, 2.5F, -2.5F, 0, 0, -1.25F, 2.5F, 1.25F, 2.5F};
    offsets.resize(landmark_values);
    add_head(onnx, info.landmark_output, std::vector<float>(landmark_values, 0.0F), offsets);
  }
  onnx.metadata(info.to_metadata());
  return onnx.bytes();
}

}  // namespace faceshot::testing
