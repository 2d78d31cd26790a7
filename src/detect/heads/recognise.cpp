#include "detect/heads/recognise.hpp"

#include <algorithm>
#include <vector>

namespace faceshot::detect {
namespace {

/// Strides that heads of this family have.
constexpr int strides[] = {4, 8, 16, 32, 64, 128};

bool has_output(const Network& network, const std::string& name) {
  const auto& outputs = network.outputs();
  return std::find(outputs.begin(), outputs.end(), name) != outputs.end();
}

std::string at_stride(const char* name, int stride) {
  return std::string(name) + "_" + std::to_string(stride);
}

/// A level for each stride of which there are scores and boxes.
std::vector<HeadLevel> levels_of(const Network& network, const char* score,
                                 const char* objectness) {
  std::vector<HeadLevel> levels;
  for (const int stride : strides) {
    HeadLevel level;
    level.stride = stride;
    level.score = at_stride(score, stride);
    level.boxes = at_stride("bbox", stride);
    level.landmarks = at_stride("kps", stride);
    if (!has_output(network, level.score) || !has_output(network, level.boxes)) continue;
    if (objectness != nullptr) {
      level.objectness = at_stride(objectness, stride);
      if (!has_output(network, level.objectness)) continue;
    }
    if (!has_output(network, level.landmarks)) level.landmarks.clear();
    levels.push_back(std::move(level));
  }
  return levels;
}

ModelInfo yunet(std::vector<HeadLevel> levels) {
  ModelInfo info;
  info.name = "YuNet";
  info.head = HeadType::yunet;
  info.size_divisor = levels.back().stride;
  info.levels = std::move(levels);
  return info;  // BGR pixels as they are
}

ModelInfo scrfd(std::vector<HeadLevel> levels) {
  ModelInfo info;
  info.name = "SCRFD";
  info.head = HeadType::scrfd;
  info.channel_order = PixelFormat::rgb;
  info.mean = {127.5F, 127.5F, 127.5F};
  info.scale = {1 / 128.0F, 1 / 128.0F, 1 / 128.0F};
  info.train_size = 640;
  info.size_divisor = levels.back().stride;
  info.levels = std::move(levels);
  return info;
}

ModelInfo ultraface() {
  ModelInfo info;
  info.name = "UltraFace";
  info.head = HeadType::ultraface;
  info.channel_order = PixelFormat::rgb;
  info.mean = {127, 127, 127};
  info.scale = {1 / 128.0F, 1 / 128.0F, 1 / 128.0F};
  info.loc_output = "boxes";
  info.conf_output = "scores";
  return info;
}

}  // namespace

std::optional<ModelInfo> recognise_network(const Network& network) {
  if (auto levels = levels_of(network, "cls", "obj"); !levels.empty())
    return yunet(std::move(levels));
  if (auto levels = levels_of(network, "score", nullptr); !levels.empty())
    return scrfd(std::move(levels));
  if (network.outputs().size() == 2 && has_output(network, "scores") &&
      has_output(network, "boxes"))
    return ultraface();
  return std::nullopt;
}

}  // namespace faceshot::detect
