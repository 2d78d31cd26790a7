// Against the map applied to the raw outputs, in the engine.
#include "calibrate/fold_score_maps.hpp"
#include "base/refusal.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "calibrate/candidates.hpp"
#include "detect/tiny_model.hpp"
#include "engine/onnx_builder.hpp"
#include "faceshot/error.hpp"

namespace faceshot::calibrate::fold_score_maps_test {
namespace {

using faceshot::testing::refusal;
using testing::OnnxBuilder;
using testing::set_ints;
using testing::tiny_info;
using testing::tiny_onnx;

Network load(const std::string& onnx) {
  return Network::from_bytes(std::as_bytes(std::span(onnx)), "test");
}

std::string shipped_model() {
  std::ifstream in(std::string(FACESHOT_SOURCE_DIR) + "/models/faceshot-nano.onnx",
                   std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Outputs {
  std::vector<float> loc, conf;
};

Outputs run(const std::string& onnx, const ModelInfo& info, int width, int height) {
  Session session(load(onnx), {1, 3, height, width});
  base::Random random(11);
  for (float& value : session.input()) value = random.uniform(-1, 1);
  session.run();
  const auto values = [&](const std::string& name, std::int64_t per_row) {
    const TensorView view = session.output(name);
    return std::vector<float>(view.data.begin(), view.data.begin() + view.shape[1] * per_row);
  };
  return {values(info.loc_output, 4), values(info.conf_output, 2)};
}

std::vector<PlattMap> some_maps(std::size_t count) {
  base::Random random(13);
  std::vector<PlattMap> maps;
  for (std::size_t i = 0; i < count; ++i)
    maps.push_back({double{random.uniform(0.2F, 2)}, double{random.uniform(-2, 2)}});
  return maps;
}

TEST(FoldScoreMaps, TheShippedNetworkGivesMappedLogits) {
  const std::string original = shipped_model();
  const ModelInfo info = ModelInfo::of(load(original), "");
  const auto maps = some_maps(prior_kinds(info.priors));
  ASSERT_EQ(maps.size(), 10U);
  const std::string folded =
      fold_score_maps(original, info, maps, {{"faceshot.score_threshold", "0.4"}});
  const Outputs before = run(original, info, 128, 64), after = run(folded, info, 128, 64);
  EXPECT_EQ(before.loc, after.loc);
  const std::vector<FeatureSize> features{{16, 8}, {8, 4}, {4, 2}, {2, 1}};
  const auto kinds = kinds_of_priors(info.priors, features);
  ASSERT_EQ(before.conf.size(), 2 * kinds.size());
  ASSERT_EQ(after.conf.size(), 2 * kinds.size());
  for (std::size_t p = 0; p < kinds.size(); ++p) {
    const double logit = double{before.conf[2 * p + 1]} - double{before.conf[2 * p]};
    const double wanted = maps[kinds[p]](logit);
    EXPECT_NEAR(double{after.conf[2 * p + 1]} - double{after.conf[2 * p]}, wanted,
                1e-5 * std::max(1.0, std::abs(wanted)))
        << p;
  }
  EXPECT_NO_THROW(prove_folded(load(original), load(folded), info, maps));

  ModelInfo described = ModelInfo::of(load(folded), "");
  EXPECT_EQ(described.default_threshold, 0.4F);
  described.default_threshold = info.default_threshold;
  EXPECT_EQ(described.to_metadata(), info.to_metadata()) << "nothing else has changed";
}

TEST(FoldScoreMaps, TheProofFindsAMapThatIsNotThere) {
  const std::string original = tiny_onnx(tiny_info());
  const std::vector<PlattMap> one{{0.5, -1}}, other{{0.5, -1.01}};
  const std::string folded = fold_score_maps(original, tiny_info(), one, {});
  EXPECT_NO_THROW(prove_folded(load(original), load(folded), tiny_info(), one));
  EXPECT_THROW(prove_folded(load(original), load(folded), tiny_info(), other), Error);
}

/// Like that of tiny_model.hpp, except that `head` makes "conf.map" [1, 2, h, w] from "cells".
std::string with_head(const std::function<void(OnnxBuilder&)>& head) {
  OnnxBuilder onnx;
  onnx.input("image", {"1", "3", "height", "width"});
  onnx.weights("mean.weight", {1, 3, 8, 8}, std::vector<float>(192, 1 / 19.0F));
  onnx::NodeProto& mean = onnx.node("Conv", {"image", "mean.weight"}, "cells");
  set_ints(mean, "kernel_shape", {8, 8});
  set_ints(mean, "strides", {8, 8});
  onnx.weights("loc.weight", {4, 1, 1, 1}, {1, 2, 3, 4});
  set_ints(onnx.node("Conv", {"cells", "loc.weight"}, "loc.map"), "kernel_shape", {1, 1});
  head(onnx);
  for (const auto& [name, values] : {std::pair("loc", 4), std::pair("conf", 2)}) {
    const std::string output = name;
    set_ints(onnx.node("Transpose", {output + ".map"}, output + ".nhwc"), "perm", {0, 2, 3, 1});
    onnx.integers(output + ".shape", {1, -1, values});
    onnx.node("Reshape", {output + ".nhwc", output + ".shape"}, output);
    onnx.output(output);
  }
  onnx.metadata(tiny_info().to_metadata());
  return onnx.bytes();
}

void expect_folds(const std::string& original) {
  const std::vector<PlattMap> maps{{0.3, 1.5}};
  const std::string folded = fold_score_maps(original, tiny_info(), maps, {});
  const Outputs before = run(original, tiny_info(), 64, 64),
                after = run(folded, tiny_info(), 64, 64);
  for (std::size_t p = 0; p < 64; ++p)
    EXPECT_NEAR(after.conf[2 * p + 1] - after.conf[2 * p],
                0.3 * double{before.conf[2 * p + 1] - before.conf[2 * p]} + 1.5, 1e-5);
  EXPECT_EQ(before.loc, after.loc);
}

TEST(FoldScoreMaps, AConvolutionWithoutBiasGetsOne) {
  expect_folds(with_head([](OnnxBuilder& onnx) {
    onnx.weights("conf.weight", {2, 1, 1, 1}, {1, -2});
    set_ints(onnx.node("Conv", {"cells", "conf.weight"}, "conf.map"), "kernel_shape", {1, 1});
  }));
}

TEST(FoldScoreMaps, ParametersThatOthersReadStayAsTheyAre) {
  // Loc reads loc.weight; conf reads its first two rows through other nodes: here both outputs
  // share one bias and one weight.
  const std::string shared = with_head([](OnnxBuilder& onnx) {
    onnx.weights("shared", {2, 1, 1, 1}, {1, -2});
    onnx.weights("bias", {2}, {0.5F, -0.5F});
    set_ints(onnx.node("Conv", {"cells", "shared", "bias"}, "conf.map"), "kernel_shape", {1, 1});
    set_ints(onnx.node("Conv", {"cells", "shared", "bias"}, "twin"), "kernel_shape", {1, 1});
    onnx.output("twin");
  });
  expect_folds(shared);
  const std::string folded =
      fold_score_maps(shared, tiny_info(), std::vector<PlattMap>{{0.3, 1.5}}, {});
  const auto twin = [](const std::string& onnx) {
    Session session(load(onnx), {1, 3, 8, 8});
    std::ranges::fill(session.input(), 0.25F);
    session.run();
    const std::span<const float> data = session.output("twin").data;
    return std::vector<float>(data.begin(), data.begin() + 2);
  };
  EXPECT_EQ(twin(shared), twin(folded));
}

TEST(FoldScoreMaps, MaximaOverSeveralLogitsAreMappedAlike) {
  // As `faceshot export` writes model.heads.max_out = [2, 1].
  expect_folds(with_head([](OnnxBuilder& onnx) {
    onnx.weights("all.weight", {3, 1, 1, 1}, {1, -3, 2});
    onnx.weights("all.bias", {3}, {0.5F, 0.1F, -0.7F});
    set_ints(onnx.node("Conv", {"cells", "all.weight", "all.bias"}, "all"), "kernel_shape", {1, 1});
    onnx.weights("pick0", {2, 3, 1, 1}, {1, 0, 0, 0, 0, 1});
    onnx.weights("pick1", {2, 3, 1, 1}, {0, 1, 0, 0, 0, 1});
    set_ints(onnx.node("Conv", {"all", "pick0"}, "map0"), "kernel_shape", {1, 1});
    set_ints(onnx.node("Conv", {"all", "pick1"}, "map1"), "kernel_shape", {1, 1});
    onnx.node("Max", {"map0", "map1"}, "conf.map");
  }));
}

TEST(FoldScoreMaps, SaysWhatItCannotChange) {
  const std::string good = tiny_onnx(tiny_info());
  const auto fold = [](const std::string& onnx, const std::vector<PlattMap>& maps) {
    return [&onnx, maps] { (void)fold_score_maps(onnx, tiny_info(), maps, {}); };
  };
  refusal(ErrorCode::invalid_argument, fold(good, {}));
  refusal(ErrorCode::invalid_argument, fold(good, {{0, 1}}));
  refusal(ErrorCode::format, fold("no network", {{1, 1}}));
  const std::string relu = with_head([](OnnxBuilder& onnx) {
    onnx.weights("conf.weight", {2, 1, 1, 1}, {1, -2});
    set_ints(onnx.node("Conv", {"cells", "conf.weight"}, "raw"), "kernel_shape", {1, 1});
    onnx.node("Relu", {"raw"}, "conf.map");
  });
  EXPECT_NE(refusal(ErrorCode::unsupported, fold(relu, {{1, 1}})).find("'conf.map' (Relu)"),
            std::string::npos);
  const std::string wide = with_head([](OnnxBuilder& onnx) {
    onnx.weights("conf.weight", {4, 1, 1, 1}, {1, -2, 3, 4});
    set_ints(onnx.node("Conv", {"cells", "conf.weight"}, "conf.map"), "kernel_shape", {1, 1});
  });
  EXPECT_NE(refusal(ErrorCode::unsupported, fold(wide, {{1, 1}})).find("2 channels"),
            std::string::npos);
}

}  // namespace
}  // namespace faceshot::calibrate::fold_score_maps_test
