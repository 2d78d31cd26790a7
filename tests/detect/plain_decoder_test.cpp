// The detector's decoding against a plain one, written from the formulas of docs/onnx_metadata.md,
// on networks with random outputs for every prior.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "detect/tiny_model.hpp"
#include "engine/onnx_builder.hpp"
#include "faceshot/detector.hpp"

namespace faceshot::detect {
namespace {

constexpr int side = 32, cell = 8, cells = side / cell;
constexpr std::array<double, 3> prior_sizes{8, 12, 20};
constexpr std::size_t priors = cells * cells * prior_sizes.size();

/// A network's outputs for each prior, prior after prior.
struct Outputs {
  std::size_t classes;
  std::vector<float> loc, conf;
};

Outputs random_outputs(std::size_t classes, base::Random& random) {
  Outputs outputs{classes, std::vector<float>(priors * 4),
                  std::vector<float>(priors * (classes + 1))};
  for (float& v : outputs.loc) v = 2 * random.normal();
  for (float& v : outputs.conf) v = 2 * random.normal();
  return outputs;
}

ModelInfo info_of(const Outputs& outputs) {
  ModelInfo info = testing::tiny_info();
  info.priors.levels = {{{8, 12, 20}, {}, {}, true, cell}};
  info.priors.variances = {0.1F, 0.1F, 0.2F, 0.2F};
  info.classes.clear();
  for (std::size_t c = 0; c < outputs.classes; ++c) info.classes.push_back("c" + std::to_string(c));
  return info;
}

/// An output [1, priors, row]: zeros computed from the picture, plus `values`.
void add_output(testing::OnnxBuilder& onnx, const std::string& name,
                const std::vector<float>& values) {
  const auto channels = static_cast<std::int64_t>(values.size()) / (cells * cells);
  const auto n = static_cast<std::size_t>(channels);
  // Values are ordered prior by prior, cell by cell; a map is ordered channel by channel.
  std::vector<float> map(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) map[i % n * (cells * cells) + i / n] = values[i];
  onnx.weights(name + ".weight", {channels, 1, 1, 1}, std::vector<float>(n, 0.0F));
  set_ints(onnx.node("Conv", {"cells", name + ".weight"}, name + ".zero"), "kernel_shape", {1, 1});
  onnx.weights(name + ".values", {1, channels, cells, cells}, map);
  onnx.node("Add", {name + ".zero", name + ".values"}, name + ".map");
  set_ints(onnx.node("Transpose", {name + ".map"}, name + ".nhwc"), "perm", {0, 2, 3, 1});
  onnx.integers(name + ".shape", {1, -1, channels / static_cast<std::int64_t>(prior_sizes.size())});
  onnx.node("Reshape", {name + ".nhwc", name + ".shape"}, name);
  onnx.output(name);
}

Network network_of(const Outputs& outputs, const ModelInfo& info) {
  testing::OnnxBuilder onnx;
  onnx.input("image", {"1", "3", std::to_string(side), std::to_string(side)});
  onnx.weights("mean.weight", {1, 3, cell, cell}, std::vector<float>(3 * cell * cell, 0.01F));
  onnx::NodeProto& mean = onnx.node("Conv", {"image", "mean.weight"}, "cells");
  set_ints(mean, "kernel_shape", {cell, cell});
  set_ints(mean, "strides", {cell, cell});
  add_output(onnx, "loc", outputs.loc);
  add_output(onnx, "conf", outputs.conf);
  onnx.metadata(info.to_metadata());
  const std::string bytes = onnx.bytes();
  return Network::from_bytes(std::as_bytes(std::span(bytes)), "random outputs");
}

/// A detection of the plain decoder, in double precision.
struct Found {
  std::array<double, 4> box;
  double score;
  int label;
};

double plain_iou(const std::array<double, 4>& a, const std::array<double, 4>& b) {
  const double w = std::min(a[2], b[2]) - std::max(a[0], b[0]);
  const double h = std::min(a[3], b[3]) - std::max(a[1], b[1]);
  if (w <= 0 || h <= 0) return 0;
  return w * h / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - w * h);
}

/// Comparisons with a threshold in single precision are reliable only above this difference.
constexpr double rounding = 1e-5;

struct PlainDecoder {
  std::vector<double> thresholds;  ///< by class
  double nms = 0.45;
  bool across = false;
  bool voting = false;
  bool doubtful = false;  ///< a comparison was too close for single precision

  bool at_least(double value, double limit) {
    doubtful = doubtful || std::abs(value - limit) < rounding;
    return value >= limit;
  }

  std::vector<Found> decode(const Outputs& outputs) {
    std::vector<Found> all;
    for (std::size_t p = 0; p < priors; ++p) {
      const std::size_t at = p / prior_sizes.size();
      const double size = prior_sizes[p % prior_sizes.size()];
      const double cx = (static_cast<double>(at % cells) + 0.5) * cell;
      const double cy = (static_cast<double>(at / cells) + 0.5) * cell;
      const auto offset = [&](std::size_t i) {
        return static_cast<double>(outputs.loc[4 * p + i]);
      };
      const double x = cx + offset(0) * 0.1 * size, y = cy + offset(1) * 0.1 * size;
      const double w = size * std::exp(offset(2) * 0.2), h = size * std::exp(offset(3) * 0.2);
      const auto e = [&](std::size_t c) {
        return std::exp(static_cast<double>(outputs.conf[p * (outputs.classes + 1) + c]));
      };
      double sum = 0;
      for (std::size_t c = 0; c <= outputs.classes; ++c) sum += e(c);
      for (std::size_t c = 0; c < outputs.classes; ++c)
        if (at_least(e(c + 1) / sum, thresholds[c] * (voting ? 0.25 : 1)))
          all.push_back(
              {{x - w / 2, y - h / 2, x + w / 2, y + h / 2}, e(c + 1) / sum, static_cast<int>(c)});
    }
    std::vector<Found> kept = suppress(std::move(all));
    if (voting)
      std::erase_if(kept, [&](const Found& f) {
        return !at_least(f.score, thresholds[static_cast<std::size_t>(f.label)]);
      });
    for (Found& f : kept)
      for (double& edge : f.box) edge = std::clamp(edge, 0.0, double{side});
    std::erase_if(kept,
                  [](const Found& f) { return f.box[0] >= f.box[2] || f.box[1] >= f.box[3]; });
    return kept;
  }

  /// Each is compared with every kept detection of a higher score, and votes for the first that
  /// drops it.
  std::vector<Found> suppress(std::vector<Found> all) {
    std::stable_sort(all.begin(), all.end(),
                     [](const Found& a, const Found& b) { return a.score > b.score; });
    std::vector<Found> kept;
    std::vector<std::vector<Found>> voters;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i > 0) doubtful = doubtful || all[i - 1].score - all[i].score < 1e-7;
      std::optional<std::size_t> dropper;
      for (std::size_t k = 0; k < kept.size(); ++k)
        if ((across || kept[k].label == all[i].label) &&
            at_least(plain_iou(kept[k].box, all[i].box), nms) && !dropper)
          dropper = k;
      if (dropper) {
        if (kept[*dropper].label == all[i].label) voters[*dropper].push_back(all[i]);
      } else if (!voting ||
                 at_least(all[i].score, thresholds[static_cast<std::size_t>(all[i].label)])) {
        kept.push_back(all[i]);
        voters.push_back({all[i]});
      }
    }
    if (!voting) return kept;
    for (std::size_t k = 0; k < kept.size(); ++k) vote(voters[k], kept[k]);
    std::sort(kept.begin(), kept.end(),
              [](const Found& a, const Found& b) { return a.score > b.score; });
    for (std::size_t k = 1; k < kept.size(); ++k)
      doubtful = doubtful || kept[k - 1].score - kept[k].score < 1e-6;
    return kept;
  }

  /// As in docs/onnx_metadata.md, "Box voting".
  void vote(const std::vector<Found>& voters, Found& kept) {
    double scores = 0, squares = 0;
    std::array<double, 4> box{};
    for (const Found& v : voters) {
      if (!at_least(v.score, 0.25 * kept.score)) continue;
      scores += v.score;
      squares += v.score * v.score;
      for (std::size_t k = 0; k < 4; ++k) box[k] += v.score * v.score * v.box[k];
    }
    for (std::size_t k = 0; k < 4; ++k) kept.box[k] = box[k] / squares;
    kept.score *= scores / (scores + 0.2);
  }
};

void expect_equal(const std::vector<Detection>& found, const std::vector<Found>& wanted) {
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(found[i].label, wanted[i].label) << i;
    EXPECT_NEAR(found[i].score, wanted[i].score, 1e-5) << i;
    const std::array<float, 4> box{found[i].box.x1, found[i].box.y1, found[i].box.x2,
                                   found[i].box.y2};
    for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(box[k], wanted[i].box[k], 1e-3) << i;
  }
}

/// Where the thresholds come from, and which boxes compete.
enum class Says { options, file_for_all, file_by_class };

struct Trial {
  std::size_t classes;
  Says thresholds;
  std::optional<Suppression> suppression;  ///< of the options
  bool one_label;                          ///< of the file
  bool box_voting = false;                 ///< likewise
};

class PlainDecoderTest : public ::testing::TestWithParam<Trial> {};

TEST_P(PlainDecoderTest, FindsTheSame) {
  const Trial& trial = GetParam();
  const std::vector<std::uint8_t> pixels(3 * side * side, 90);
  int compared = 0;
  std::size_t boxes = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    base::Random random(seed, 0, static_cast<std::uint32_t>(trial.classes));
    const Outputs outputs = random_outputs(trial.classes, random);
    ModelInfo info = info_of(outputs);
    info.one_label = trial.one_label;
    info.box_voting = trial.box_voting;
    DetectorOptions options{.keep_top = 0};
    options.suppression = trial.suppression;
    PlainDecoder plain;
    plain.voting = trial.box_voting;
    plain.across =
        trial.suppression ? trial.suppression == Suppression::across_classes : trial.one_label;
    if (trial.thresholds == Says::file_by_class) {
      for (std::size_t c = 0; c < trial.classes; ++c)
        info.class_thresholds.push_back(random.uniform(0.05F, 0.6F));
      info.default_threshold = 0.9F;  // must be ignored
      plain.thresholds.assign(info.class_thresholds.begin(), info.class_thresholds.end());
    } else {
      const float threshold = random.uniform(0.05F, 0.6F);
      (trial.thresholds == Says::options ? options.score_threshold : info.default_threshold) =
          threshold;
      if (trial.thresholds == Says::options) info.class_thresholds.assign(trial.classes, 0.9F);
      plain.thresholds.assign(trial.classes, static_cast<double>(threshold));
    }
    options.nms_threshold = random.uniform(0.1F, 0.7F);
    plain.nms = static_cast<double>(options.nms_threshold);
    const std::vector<Found> wanted = plain.decode(outputs);
    if (plain.doubtful) continue;
    const Detector detector(network_of(outputs, info), options);
    expect_equal(detector.detect({pixels.data(), side, side, 3 * side}), wanted);
    if (HasFailure()) FAIL() << "seed " << seed;
    ++compared;
    boxes += wanted.size();
  }
  EXPECT_GE(compared, 20);
  EXPECT_GE(boxes, 100U);
}

INSTANTIATE_TEST_SUITE_P(
    Options, PlainDecoderTest,
    ::testing::Values(Trial{1, Says::options, std::nullopt, false},
                      Trial{1, Says::file_for_all, std::nullopt, true},
                      Trial{1, Says::file_by_class, Suppression::across_classes, false},
                      Trial{3, Says::options, std::nullopt, false},
                      Trial{3, Says::file_for_all, std::nullopt, true},
                      Trial{3, Says::file_by_class, Suppression::across_classes, false},
                      Trial{3, Says::file_by_class, Suppression::within_classes, true},
                      Trial{20, Says::options, std::nullopt, true},
                      Trial{20, Says::file_for_all, Suppression::within_classes, true},
                      Trial{20, Says::file_by_class, std::nullopt, false},
                      Trial{20, Says::file_by_class, std::nullopt, true},
                      Trial{1, Says::options, std::nullopt, false, true},
                      Trial{1, Says::file_for_all, std::nullopt, true, true},
                      Trial{3, Says::file_by_class, Suppression::within_classes, false, true},
                      Trial{3, Says::file_by_class, Suppression::across_classes, true, true}),
    [](const auto& tested) {
      return std::to_string(tested.param.classes) + "_classes_" + std::to_string(tested.index);
    });

}  // namespace
}  // namespace faceshot::detect
