#include "faceshot/prior.hpp"

#include <cmath>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot {
inline namespace v0_1 {

std::size_t PriorLevel::priors_per_cell() const noexcept {
  const std::size_t per_size =
      1 + (max_sizes.empty() ? 0 : 1) + aspect_ratios.size() * (flip ? 2 : 1);
  return min_sizes.size() * per_size;
}

void validate(const PriorSpec& spec) {
  const auto positive = [](float value) { return value > 0 && std::isfinite(value); };
  const auto fail = [](const std::string& what) {
    throw Error(ErrorCode::invalid_argument, "prior boxes: " + what);
  };
  if (spec.levels.empty()) fail("there are no levels; give at least one");
  for (std::size_t l = 0; l < spec.levels.size(); ++l) {
    const PriorLevel& level = spec.levels[l];
    const std::string where = "level " + std::to_string(l) + ": ";
    if (level.min_sizes.empty()) fail(where + "no sizes");
    for (const float size : level.min_sizes)
      if (!positive(size))
        fail(where + "size " + std::to_string(size) + " is not positive and finite");
    if (!level.max_sizes.empty() && level.max_sizes.size() != level.min_sizes.size())
      fail(where + std::to_string(level.max_sizes.size()) + " max sizes for " +
           std::to_string(level.min_sizes.size()) + " min sizes");
    for (std::size_t i = 0; i < level.max_sizes.size(); ++i)
      if (!(level.max_sizes[i] > level.min_sizes[i]) || !std::isfinite(level.max_sizes[i]))
        fail(where + "max size " + std::to_string(level.max_sizes[i]) +
             " is not above its min size " + std::to_string(level.min_sizes[i]) + ", and finite");
    for (const float ratio : level.aspect_ratios)
      if (!positive(ratio))
        fail(where + "aspect ratio " + std::to_string(ratio) + " is not positive and finite");
    if (level.step != 0 && !positive(level.step))
      fail(where + "step " + std::to_string(level.step) + " is neither 0 nor positive and finite");
  }
  if (!std::isfinite(spec.offset)) fail("offset " + std::to_string(spec.offset) + " is not finite");
  for (const float v : spec.variances)
    if (!positive(v)) fail("variance " + std::to_string(v) + " is not positive and finite");
}

namespace {

/// Width and height of every prior of a cell, in the documented order.
std::vector<std::array<float, 2>> cell_sizes(const PriorLevel& level) {
  std::vector<std::array<float, 2>> sizes;
  sizes.reserve(level.priors_per_cell());
  for (std::size_t i = 0; i < level.min_sizes.size(); ++i) {
    const float s = level.min_sizes[i];
    sizes.push_back({s, s});
    if (!level.max_sizes.empty()) {
      const float between = std::sqrt(s * level.max_sizes[i]);
      sizes.push_back({between, between});
    }
    for (const float ratio : level.aspect_ratios) {
      const float root = std::sqrt(ratio);
      sizes.push_back({s * root, s / root});
      if (level.flip) sizes.push_back({s / root, s * root});
    }
  }
  return sizes;
}

}  // namespace

std::vector<Prior> make_priors(const PriorSpec& spec, int input_width, int input_height,
                               const std::vector<FeatureSize>& features) {
  validate(spec);
  if (input_width <= 0 || input_height <= 0)
    throw Error(ErrorCode::invalid_argument, "prior boxes: input size " +
                                                 std::to_string(input_width) + "x" +
                                                 std::to_string(input_height) + " is empty");
  if (features.size() != spec.levels.size())
    throw Error(ErrorCode::invalid_argument, "prior boxes: " + std::to_string(spec.levels.size()) +
                                                 " levels but " + std::to_string(features.size()) +
                                                 " feature maps");
  std::size_t total = 0;
  for (std::size_t l = 0; l < features.size(); ++l) {
    if (features[l].width <= 0 || features[l].height <= 0)
      throw Error(ErrorCode::invalid_argument,
                  "prior boxes: the feature map of level " + std::to_string(l) + " is empty (" +
                      std::to_string(features[l].width) + "x" + std::to_string(features[l].height) +
                      "); the input is too small for the network");
    total += static_cast<std::size_t>(features[l].width) *
             static_cast<std::size_t>(features[l].height) * spec.levels[l].priors_per_cell();
  }

  std::vector<Prior> priors;
  priors.reserve(total);
  const auto iw = static_cast<float>(input_width);
  const auto ih = static_cast<float>(input_height);
  for (std::size_t l = 0; l < features.size(); ++l) {
    const PriorLevel& level = spec.levels[l];
    const auto sizes = cell_sizes(level);
    const float step_x = level.step > 0 ? level.step : iw / static_cast<float>(features[l].width);
    const float step_y = level.step > 0 ? level.step : ih / static_cast<float>(features[l].height);
    for (int y = 0; y < features[l].height; ++y) {
      for (int x = 0; x < features[l].width; ++x) {
        const float cx = (static_cast<float>(x) + spec.offset) * step_x;
        const float cy = (static_cast<float>(y) + spec.offset) * step_y;
        for (const auto& [w, h] : sizes) {
          Prior p{cx, cy, w, h};
          if (spec.clip) {
            const Box b = clip(p.box(), iw, ih);
            p = {b.center_x(), b.center_y(), b.width(), b.height()};
          }
          priors.push_back(p);
        }
      }
    }
  }
  return priors;
}

std::vector<float> ssd_scales(int levels, float min_scale, float max_scale) {
  if (levels < 1)
    throw Error(ErrorCode::invalid_argument,
                "prior boxes: " + std::to_string(levels) + " levels; give at least 1");
  std::vector<float> scales(static_cast<std::size_t>(levels), min_scale);
  for (int k = 1; k < levels; ++k)
    scales[static_cast<std::size_t>(k)] = min_scale + (max_scale - min_scale) *
                                                          static_cast<float>(k) /
                                                          static_cast<float>(levels - 1);
  return scales;
}

}  // namespace v0_1
}  // namespace faceshot
