#include "network/network_spec.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "faceshot/error.hpp"
#include "network/network_builder.hpp"
#include "network/registry.hpp"

namespace faceshot::network {
namespace {

TEST(FaceshotNano, HasTheStridesAndPriorsItPromises) {
  const NetworkSpec spec = make_network({});
  const auto sizes = feature_sizes(spec, 320, 320);
  EXPECT_EQ(sizes, (std::vector<FeatureSize>{{40, 40}, {20, 20}, {10, 10}, {5, 5}}));
  // 40*40*3 + 20*20*2 + 10*10*2 + 5*5*3
  EXPECT_EQ(make_priors(spec.priors, 320, 320, sizes).size(), 5875U);
  EXPECT_GE(parameter_count(spec), 60000);
  EXPECT_LE(parameter_count(spec), 200000);
}

TEST(FaceshotNano, TakesSizesThatStride64DoesNotDivide) {
  const auto sizes = feature_sizes(make_network({}), 640, 480);
  EXPECT_EQ(sizes, (std::vector<FeatureSize>{{80, 60}, {40, 30}, {20, 15}, {10, 8}}));
}

TEST(FaceshotNano, WidthScalesChannels) {
  ModelOptions half;
  half.alpha = 0.5F;
  EXPECT_LT(parameter_count(make_network(half)), parameter_count(make_network({})) / 2);
}

TEST(Registry, NamesWhatItKnows) {
  ModelOptions options;
  options.backbone = "faceshot_nona";
  try {
    (void)make_network(options);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::not_found);
    EXPECT_NE(std::string(e.what()).find("did you mean 'faceshot_nano'"), std::string::npos);
  }
  options = {};
  options.prior_sizes.pop_back();
  EXPECT_THROW((void)make_network(options), Error);
}

TEST(Registry, FinestLevelsPredictDirectlyIfAsked) {
  const auto has_layer = [](const NetworkSpec& spec, const std::string& beginning) {
    return std::any_of(spec.layers.begin(), spec.layers.end(),
                       [&](const Layer& layer) { return layer.name.starts_with(beginning); });
  };
  ModelOptions options;
  EXPECT_TRUE(has_layer(make_network(options), "head0.tower"));
  options.heads_direct = 1;
  options.heads_landmarks = 5;
  const NetworkSpec spec = make_network(options);
  EXPECT_FALSE(has_layer(spec, "head0.tower"));
  EXPECT_TRUE(has_layer(spec, "head1.tower"));
  EXPECT_TRUE(has_landmarks(spec));
}

TEST(Registry, OurBackbonesTakeWidthsAndBlocks) {
  ModelOptions options;
  const auto usual = parameter_count(make_network(options));
  options.widths = {16, 32, 64, 128, 128, 128};
  options.blocks = {2, 3, 3, 3, 1};
  EXPECT_EQ(parameter_count(make_network(options)), usual) << "faceshot_nano's own";
  options.blocks = {2, 3, 4, 3, 1};
  // One more block at stride 16: depthwise 3x3, pointwise, BatchNorm.
  EXPECT_EQ(parameter_count(make_network(options)), usual + 128 * 9 + 128 * 128 + 2 * 128);
  options.blocks = {2, 3};
  EXPECT_THROW((void)make_network(options), Error) << "five numbers or none";
  options.blocks.clear();
  options.backbone = "mobilenet_v1";
  EXPECT_THROW((void)make_network(options), Error) << "not ours";
}

TEST(Registry, AddsLandmarkHeadsOnlyIfAsked) {
  EXPECT_FALSE(has_landmarks(make_network({})));
  ModelOptions options;
  options.heads_landmarks = 5;
  const NetworkSpec spec = make_network(options);
  EXPECT_TRUE(has_landmarks(spec));
  // From 64 channels to ten numbers for each of 3 + 2 + 2 + 3 priors, and their biases.
  EXPECT_EQ(parameter_count(spec) - parameter_count(make_network({})), 10 * 10 * (64 + 1));
  options.heads_landmarks = 4;
  EXPECT_THROW((void)make_network(options), Error);
}

TEST(Registry, HeadsHaveALogitForEachClassAndBackground) {
  ModelOptions options;
  EXPECT_EQ(make_network(options).classes, std::vector<std::string>{"face"}) << "auto";
  options.classes = {"mask", "none", "wrong"};
  options.one_label = true;
  const NetworkSpec spec = make_network(options);
  EXPECT_EQ(spec.classes, options.classes);
  EXPECT_TRUE(spec.one_label);
  // Two more logits for each of 3 + 2 + 2 + 3 priors, from 64 channels and a bias.
  EXPECT_EQ(parameter_count(spec) - parameter_count(make_network({})), 2 * 10 * (64 + 1));
  options.heads_max_out = {3, 1, 1, 2};
  EXPECT_NO_THROW((void)make_network(options));
  options.heads_max_out = {3, 1};
  EXPECT_THROW((void)make_network(options), Error) << "one number a class";
  options.heads_max_out = {};
  for (const auto& bad :
       {std::vector<std::string>{}, {"a", "a"}, {""}, {"a", "auto"}, {"background", "a"}}) {
    options.classes = bad;
    EXPECT_THROW((void)make_network(options), Error);
  }
}

TEST(Registry, MaxOutIsOnTheFinestLevelOnly) {
  ModelOptions options;
  options.heads_max_out = {3, 1};
  const NetworkSpec spec = make_network(options);
  // Two more logits for each of three priors, from 64 channels and a bias.
  EXPECT_EQ(parameter_count(spec) - parameter_count(make_network({})), 2 * 3 * (64 + 1));
  std::vector<std::string> found;
  for (const Layer& layer : spec.layers)
    if (layer.kind == LayerKind::max_out) found.push_back(layer.name);
  EXPECT_EQ(found, std::vector<std::string>{spec.heads.front().conf});
  for (const auto& bad : {std::vector<int>{3}, {3, 1, 1}, {0, 1}, {3, 17}}) {
    options.heads_max_out = bad;
    EXPECT_THROW((void)make_network(options), Error);
  }
}

TEST(NetworkSpec, MaxOutWantsRunsThatFit) {
  const auto spec = [](int channels, const std::vector<int>& runs, int out) {
    NetworkSpec s = make_network({});
    s.layers.push_back(
        {.name = "x", .inputs = {"input"}, .in_channels = 3, .out_channels = channels});
    s.layers.push_back({.name = "m",
                        .kind = LayerKind::max_out,
                        .inputs = {"x"},
                        .in_channels = channels,
                        .out_channels = out,
                        .runs = runs});
    return s;
  };
  EXPECT_NO_THROW(validate(spec(8, {3, 1}, 4)));
  EXPECT_THROW(validate(spec(9, {3, 1}, 4)), Error);
  EXPECT_THROW(validate(spec(8, {3, 1}, 2)), Error);
  EXPECT_THROW(validate(spec(8, {}, 0)), Error);
  EXPECT_THROW(validate(spec(8, {4, 0}, 4)), Error);
  // Six channels, as the three priors of the first level require, but not from a convolution.
  NetworkSpec rectified = spec(12, {3, 1}, 6);
  rectified.heads.front().conf = "m";
  EXPECT_NO_THROW(validate(rectified));
  rectified.layers[rectified.layers.size() - 2].kind = LayerKind::relu;
  rectified.layers[rectified.layers.size() - 2].in_channels = 12;
  rectified.layers[rectified.layers.size() - 2].inputs = {"wide"};
  rectified.layers.insert(
      rectified.layers.end() - 2,
      {.name = "wide", .inputs = {"input"}, .in_channels = 3, .out_channels = 12});
  EXPECT_THROW(validate(rectified), Error);
}

TEST(NetworkSpec, CountsParametersAndMultiplications) {
  NetworkSpec spec;
  NetworkBuilder net(spec);
  // 3x3 convolution 3 -> 8, stride 2: 216 weights; 216 * 16 * 16 products on 32x32. BatchNorm: 16.
  net.conv_bn_relu("a", net.input(), 8, 3, 2);
  EXPECT_EQ(parameter_count(spec), 216 + 16);
  EXPECT_EQ(multiply_accumulates(spec, 32, 32), 216 * 256);
  EXPECT_EQ(output_size(spec, "a.relu", 33, 32), (FeatureSize{17, 16}));
  EXPECT_THROW((void)output_size(spec, "b", 32, 32), Error);
}

TEST(NetworkSpec, MistakesAreFoundBeforeAStepIsRun) {
  const auto broken = [](const std::function<void(NetworkSpec&)>& change) {
    NetworkSpec spec = make_network({});
    change(spec);
    EXPECT_THROW(validate(spec), Error);
  };
  broken([](NetworkSpec& s) { s.heads.front().conf = "nowhere"; });
  broken([](NetworkSpec& s) { s.heads.front().feature = "nowhere"; });
  broken([](NetworkSpec& s) { s.heads.back().landmarks = s.heads.back().loc; });
  broken([](NetworkSpec& s) {
    for (Head& head : s.heads) head.landmarks = head.loc;  // four channels per prior, not ten
  });
  broken([](NetworkSpec& s) { s.heads.pop_back(); });
  broken([](NetworkSpec& s) { s.priors.levels.front().min_sizes.push_back(4); });
  broken([](NetworkSpec& s) { std::swap(s.layers.front(), s.layers.back()); });
  broken([](NetworkSpec& s) { s.layers.push_back(s.layers.front()); });
  broken([](NetworkSpec& s) { s.layers[3].groups = 7; });
  broken([](NetworkSpec& s) { s.classes.emplace_back("cat"); });
}

}  // namespace
}  // namespace faceshot::network
