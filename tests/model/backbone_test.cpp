// Backbones against published figures, and the effect of their options.
#include "network/backbones/backbone.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "faceshot/error.hpp"
#include "network/registry.hpp"
#include "network/summary.hpp"

namespace faceshot::model {
namespace {

using network::make_backbone;
using network::make_network;
using network::ModelOptions;
using network::parameter_count;
using network::scaled_channels;

TEST(Backbones, HaveTheParametersOfTheReferences) {
  // torchvision 0.14: all parameters minus the classifier's; Inception minus the auxiliary one's.
  EXPECT_EQ(parameter_count(make_backbone("resnet18")), 11'689'512 - 513'000);
  EXPECT_EQ(parameter_count(make_backbone("resnet34")), 21'797'672 - 513'000);
  EXPECT_EQ(parameter_count(make_backbone("resnet50")), 25'557'032 - 2'049'000);
  EXPECT_EQ(parameter_count(make_backbone("mobilenet_v2")), 3'504'872 - 1'281'000);
  EXPECT_EQ(parameter_count(make_backbone("inception_v3")), 27'161'264 - 3'326'696 - 2'049'000);
  // keras.applications, include_top=False, trainable: MobileNet and MobileNetV2.
  EXPECT_EQ(parameter_count(make_backbone("mobilenet_v1")), 3'206'976);
  EXPECT_EQ(parameter_count(make_backbone("mobilenet_v2", 1, "keras")), 2'223'872);
}

TEST(Backbones, HaveTheArithmeticOfTheReferences) {
  // He et al. 2016, Table 1 counts multiply-adds; torchvision's block needs 4.09e9, of which the
  // classifier 2.048e6.
  EXPECT_EQ(network::multiply_accumulates(make_backbone("resnet50"), 224, 224), 4'087'136'256);
  // Howard et al. 2017, Table 4: 569 million, of which the classifier 1.02 million.
  EXPECT_NEAR(
      static_cast<double>(network::multiply_accumulates(make_backbone("mobilenet_v1"), 224, 224)),
      568e6, 1e6);
}

int field_of_last_tap(const char* name) {
  const network::NetworkSpec spec = make_backbone(name);
  const auto rows = network::summarise_layers(spec, 512, 512);
  int field = 0;
  for (const network::LayerSummary& row : rows)
    if (row.name == spec.taps.back().layer) field = row.receptive_field;
  return field;
}

TEST(Backbones, SeeAsFarAsPublished) {
  // Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", 2019.
  EXPECT_EQ(field_of_last_tap("mobilenet_v1"), 315);
  EXPECT_EQ(field_of_last_tap("inception_v3"), 1311);
  // By hand, with torchvision's strides (theirs are elsewhere, and give 483): 11 after the first
  // pool; then 3x3 convolutions that add twice their stride: 3 at 4, 1 at 4 and 3 at 8, 1 at 8 and
  // 5 at 16, 1 at 16 and 2 at 32.
  EXPECT_EQ(field_of_last_tap("resnet50"), 11 + 24 + 8 + 48 + 16 + 160 + 32 + 128);
}

TEST(Backbones, ChannelsAreRoundedAsMobileNetV2sAuthorsDo) {
  EXPECT_EQ(scaled_channels(32, 0.35F), 16);  // 11.2: 8 would be more than 10 % too few
  EXPECT_EQ(scaled_channels(160, 0.35F), 56);
  EXPECT_EQ(scaled_channels(24, 0.5F), 16);
  EXPECT_EQ(scaled_channels(1280, 1.4F), 1792);
  EXPECT_EQ(scaled_channels(96, 1), 96);
}

TEST(Backbones, TapsHaveTheStridesTheirNamesSay) {
  for (const network::Backbone& backbone : network::backbones()) {
    const network::NetworkSpec spec = make_backbone(backbone.name);
    const auto rows = network::summarise_layers(spec, 640, 640);
    for (const network::Tap& tap : spec.taps) {
      for (const network::LayerSummary& row : rows) {
        if (row.name != tap.layer) continue;
        EXPECT_EQ(row.stride, 1 << (tap.name.at(1) - '0')) << backbone.name << " " << tap.name;
      }
    }
  }
}

TEST(Backbones, MistakesInConfigsAreNamed) {
  const auto expect = [](const std::function<void(ModelOptions&)>& change, const char* part) {
    ModelOptions options;
    options.backbone = "resnet18";
    options.features = {"C3", "C4", "extra1"};
    options.prior_sizes = {{16}, {32}, {64}};
    ASSERT_NO_THROW((void)make_network(options));
    change(options);
    try {
      (void)make_network(options);
      ADD_FAILURE() << "nothing was found wrong; expected: " << part;
    } catch (const Error& e) {
      EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
    }
  };
  expect([](ModelOptions& o) { o.features[0] = "C9"; }, "no tap 'C9'; it has: C2, C3, C4, C5");
  expect([](ModelOptions& o) { std::swap(o.features[0], o.features[1]); }, "from fine to coarse");
  expect([](ModelOptions& o) { o.features[2] = "extra2"; }, "extra1 is required");
  expect([](ModelOptions& o) { std::swap(o.features[1], o.features[2]); }, "before the extra");
  expect([](ModelOptions& o) { o.features = {"extra1"}; }, "has no tap");
  expect([](ModelOptions& o) { o.prior_sizes.pop_back(); }, "3 levels (C3, C4, extra1)");
  expect([](ModelOptions& o) { o.prior_sizes[1].clear(); }, "no sizes");
  expect([](ModelOptions& o) { o.prior_max_sizes = {{20}}; }, "prior_max_sizes has 1");
  expect([](ModelOptions& o) { o.prior_max_sizes = {{20}, {40}, {60}}; }, "not above its min size");
  expect([](ModelOptions& o) { o.variant = "keras"; }, "resnet18 has: torchvision");
  expect([](ModelOptions& o) { o.neck = "pan"; }, "none, fpn, tfpn");
  expect([](ModelOptions& o) { o.extras_layout = "ssd200"; }, "ssd512");
  expect([](ModelOptions& o) { o.input_mean = {1, 2}; }, "model.input.mean");
  expect([](ModelOptions& o) { o.alpha = 0; }, "model.alpha");
  expect(
      [](ModelOptions& o) {
        o.neck = "fpn";
        o.features = {"C3", "C5", "extra1"};
      },
      "factor 2 apart");
}

TEST(Backbones, NecksBindInputSizesAndPlainSsdDoesNot) {
  ModelOptions options;
  options.backbone = "resnet18";
  options.prior_sizes = {{16}, {32}, {64}};
  EXPECT_EQ(make_network(options).size_divisor, 1);
  options.neck = "fpn";
  EXPECT_EQ(make_network(options).size_divisor, 32);
  EXPECT_EQ(make_network({}).size_divisor, 32);
}

TEST(Backbones, LayersThatNothingReadsAreLeftOut) {
  ModelOptions options;
  options.backbone = "resnet18";
  options.features = {"C3"};
  options.prior_sizes = {{16}};
  for (const network::Layer& layer : make_network(options).layers)
    EXPECT_FALSE(layer.name.starts_with("backbone.layer3")) << layer.name;
}

}  // namespace
}  // namespace faceshot::model
