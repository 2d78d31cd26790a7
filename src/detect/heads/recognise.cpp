#include "detect/heads/recognise.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

namespace faceshot::detect {
namespace {

/// Strides in heads of this family.
constexpr int strides[] = {4, 8, 16, 32, 64, 128};

bool has_output(const Network& network, const std::string& name) {
  const auto& outputs = network.outputs();
  return std::find(outputs.begin(), outputs.end(), name) != outputs.end();
}

std::string at_stride(const char* name, int stride) {
  return std::string(name) + "_" + std::to_string(stride);
}

/// One level for each stride with scores and boxes.
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
  return info;  // BGR pixels, not normalised
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

bool is_number(const std::string& name) {
  return !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
}

/// If the network's input size is free, a size that is a multiple of all strides.
std::vector<std::int64_t> trial_shape(const Network& network) {
  constexpr std::int64_t side = 128;
  std::vector<std::int64_t> shape = network.input_shape(network.inputs().front());
  if (shape.size() != 4) return {};
  shape[0] = 1;
  for (const std::size_t axis : {1U, 2U, 3U})
    if (shape[axis] < 1) shape[axis] = axis == 1 ? 3 : side;
  return shape;
}

/// InsightFace's packs name SCRFD's outputs by number, like PyTorch's exporter. They are recognised
/// by their shapes: at strides 8, 16, 32 (and 64, 128) as many rows of 1, of 4 and optionally of 10
/// values as there are cells, times the same number of anchors.
std::vector<HeadLevel> numbered_levels(const Network& network) {
  const auto& outputs = network.outputs();
  const std::vector<std::int64_t> shape = trial_shape(network);
  if (shape.empty() || outputs.size() < 6 ||
      !std::all_of(outputs.begin(), outputs.end(), is_number))
    return {};
  const Session session(network, shape);
  std::map<std::int64_t, HeadLevel, std::greater<>> by_rows;
  for (const std::string& name : outputs) {
    const TensorView output = session.output(name);
    std::int64_t values = 1;
    for (const std::int64_t d : output.shape) values *= d;
    const std::int64_t width = output.shape.empty() ? 0 : output.shape.back();
    if (width != 1 && width != 4 && width != 10) return {};
    HeadLevel& level = by_rows[values / width];
    std::string& place = width == 1 ? level.score : width == 4 ? level.boxes : level.landmarks;
    if (!place.empty()) return {};
    place = name;
  }
  std::vector<HeadLevel> levels;
  std::int64_t anchors = 0;
  for (auto& [rows, level] : by_rows) {
    level.stride = 8 << levels.size();
    const std::int64_t cells = ((shape[2] + level.stride - 1) / level.stride) *
                               ((shape[3] + level.stride - 1) / level.stride);
    if (anchors == 0) anchors = rows / cells;
    const bool alike =
        levels.empty() || level.landmarks.empty() == levels.front().landmarks.empty();
    if (level.score.empty() || level.boxes.empty() || !alike || anchors < 1 ||
        rows != anchors * cells)
      return {};
    levels.push_back(std::move(level));
  }
  return levels.size() == 3 || levels.size() == 5 ? levels : std::vector<HeadLevel>{};
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
  if (auto levels = numbered_levels(network); !levels.empty()) return scrfd(std::move(levels));
  if (network.outputs().size() == 2 && has_output(network, "scores") &&
      has_output(network, "boxes"))
    return ultraface();
  return std::nullopt;
}

}  // namespace faceshot::detect
