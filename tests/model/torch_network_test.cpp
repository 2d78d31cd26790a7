#include "model/torch_network.hpp"

#include <gtest/gtest.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>

#include <algorithm>
#include <cmath>

#include "faceshot/error.hpp"
#include "network/network_builder.hpp"
#include "network/parts.hpp"
#include "network/registry.hpp"

namespace faceshot::model {
namespace {

using network::frozen_layers;
using network::make_network;
using network::ModelOptions;
using network::NetworkSpec;
using weights::Weights;

TEST(TorchNetwork, OutputsOneRowAPrior) {
  TorchNetwork network(make_network({}), 1);
  const auto output = network.forward(torch::rand({2, 3, 64, 96}));
  // 8*12*3 + 4*6*2 + 2*3*2 + 1*2*3
  EXPECT_EQ(output.loc.sizes(), torch::IntArrayRef({2, 354, 4}));
  EXPECT_EQ(output.conf.sizes(), torch::IntArrayRef({2, 354, 2}));
}

TEST(TorchNetwork, GivesTenNumbersAPriorForLandmarksIfAsked) {
  EXPECT_FALSE(
      TorchNetwork(make_network({}), 1).forward(torch::rand({1, 3, 64, 64})).landmarks.defined());
  ModelOptions options;
  options.heads_landmarks = 5;
  TorchNetwork network(make_network(options), 1);
  const auto output = network.forward(torch::rand({2, 3, 64, 96}));
  EXPECT_EQ(output.landmarks.sizes(), torch::IntArrayRef({2, 354, 10}));
  EXPECT_EQ(output.loc.sizes(), torch::IntArrayRef({2, 354, 4}));
  output.landmarks.square().sum().backward();
  for (const auto& [name, tensor] : network.parameters()) {
    if (name.find(".loc") != std::string::npos || name.find(".conf") != std::string::npos) continue;
    ASSERT_TRUE(tensor.grad().defined()) << name;
  }
}

TEST(TorchNetwork, LandmarksOfAPriorStandInItsRow) {
  ModelOptions options;
  options.heads_landmarks = 5;
  TorchNetwork network(make_network(options), 1);
  network.train(false);
  // The second prior of a cell on the first level (three priors) outputs only its own bias.
  Weights weights = network.weights();
  for (auto& [name, array] : weights)
    if (name.find(".landmarks.") != std::string::npos)
      std::fill(array.values.begin(), array.values.end(), 0.0F);
  for (std::size_t i = 0; i < 10; ++i)
    weights.at("head0.landmarks.bias").values[10 + i] = static_cast<float>(i);
  network.load(weights);
  const torch::NoGradGuard no_grad;
  const auto rows = network.forward(torch::rand({1, 3, 64, 64})).landmarks[0];
  for (std::int64_t row = 0; row < rows.size(0); ++row) {
    const bool answers = row < 8 * 8 * 3 && row % 3 == 1;
    EXPECT_TRUE(
        torch::equal(rows[row], answers ? torch::arange(10, torch::kFloat) : torch::zeros(10)))
        << row;
  }
}

TEST(TorchNetwork, StartsSureOfBackground) {
  TorchNetwork network(make_network({}), 1);
  const auto output = network.forward(torch::rand({2, 3, 64, 64}));
  const double face = torch::softmax(output.conf, 2).select(2, 1).mean().item<double>();
  EXPECT_NEAR(face, 0.01, 0.01);
}

TEST(TorchNetwork, TheSeedDecidesTheWeights) {
  const auto weights = [](std::uint64_t seed) {
    return TorchNetwork(make_network({}), seed).weights().at("backbone.stem.conv.weight").values;
  };
  EXPECT_EQ(weights(4), weights(4));
  EXPECT_NE(weights(4), weights(5));
}

TEST(TorchNetwork, EveryParameterGetsAGradient) {
  TorchNetwork network(make_network({}), 1);
  const auto output = network.forward(torch::rand({2, 3, 64, 64}));
  (output.loc.square().sum() + output.conf.square().sum()).backward();
  for (const auto& [name, tensor] : network.parameters()) {
    ASSERT_TRUE(tensor.grad().defined()) << name;
    EXPECT_TRUE(torch::isfinite(tensor.grad()).all().item<bool>()) << name;
  }
}

TEST(TorchNetwork, WeightsRoundTrip) {
  TorchNetwork a(make_network({}), 1);
  TorchNetwork b(make_network({}), 2);
  b.load(a.weights());
  a.train(false);
  b.train(false);
  const torch::NoGradGuard no_grad;
  const auto input = torch::rand({1, 3, 64, 64});
  EXPECT_TRUE(torch::equal(a.forward(input).loc, b.forward(input).loc));

  Weights less = a.weights();
  less.erase("head0.loc.bias");
  EXPECT_THROW(b.load(less), Error);
  Weights other = a.weights();
  other["head0.loc.bias"].shape = {3, 4};
  EXPECT_THROW(b.load(other), Error);
}

TEST(TorchNetwork, AgreesWithTorchsOwnModules) {
  // The same three layers written with torch::nn: the spec's terms mean the same as Torch's.
  NetworkSpec spec = make_network({});
  TorchNetwork network(spec, 3);
  const Weights weights = network.weights();
  const auto tensor = [&](const std::string& name) {
    const weights::WeightArray& a = weights.at(name);
    return torch::tensor(a.values).view(torch::IntArrayRef(a.shape));
  };
  torch::nn::Conv2d conv(torch::nn::Conv2dOptions(3, 16, 3).stride(2).padding(1).bias(false));
  torch::nn::BatchNorm2d norm(16);
  const torch::NoGradGuard no_grad;
  conv->weight.copy_(tensor("backbone.stem.conv.weight"));
  const auto input = torch::rand({2, 3, 32, 32});
  const auto expected = torch::relu(norm(conv(input)));

  NetworkSpec stem = spec;
  stem.taps.clear();  // they are further on
  stem.layers.resize(3);
  stem.taps.clear();
  const std::string relu = stem.layers.back().name;
  stem.layers.push_back({.name = "loc", .inputs = {relu}, .in_channels = 16, .out_channels = 4});
  stem.layers.push_back({.name = "conf", .inputs = {relu}, .in_channels = 16, .out_channels = 2});
  stem.heads = {{.feature = relu, .loc = "loc", .conf = "conf"}};
  stem.priors.levels = {{.min_sizes = {8}, .max_sizes = {}, .aspect_ratios = {}}};
  TorchNetwork small(stem, 3);
  Weights taken = small.weights();
  taken["backbone.stem.conv.weight"] = weights.at("backbone.stem.conv.weight");
  small.load(taken);
  const auto head = taken.at("loc.weight");
  const auto wanted =
      torch::conv2d(expected, torch::tensor(head.values).view(torch::IntArrayRef(head.shape)));
  const auto got = small.forward(input).loc;  // [2, 256, 4]
  EXPECT_TRUE(torch::allclose(got, wanted.permute({0, 2, 3, 1}).reshape({2, 256, 4}), 1e-5, 1e-6));
}

TEST(TorchNetwork, MaxOutTakesTheLargestOfEachRun) {
  // The inspected layer takes the input itself; a head must have a convolution in front of it.
  NetworkSpec spec;
  spec.input_channels = 8;
  network::NetworkBuilder net(spec);
  net.max_out("largest", net.input(), {3, 1});
  net.conv("loc", net.input(), {.channels = 8});
  net.max_out("conf", net.conv("logits", net.input(), {.channels = 8}), {3, 1});
  spec.heads = {{.feature = "input", .loc = "loc", .conf = "conf"}};
  spec.priors.levels = {{.min_sizes = {8, 16}, .max_sizes = {}, .aspect_ratios = {}}};
  const TorchNetwork network(spec, 1);
  auto input = torch::rand({2, 8, 3, 5}) - 0.5;
  input.requires_grad_();
  const auto out = network.layer_outputs(input, {"largest"}).front();
  ASSERT_EQ(out.sizes(), torch::IntArrayRef({2, 4, 3, 5}));
  const auto slope = torch::rand({2, 4, 3, 5}) + 0.5;
  (out * slope).sum().backward();
  for (std::int64_t n = 0; n < 2; ++n)
    for (std::int64_t y = 0; y < 3; ++y)
      for (std::int64_t x = 0; x < 5; ++x)
        for (std::int64_t prior = 0; prior < 2; ++prior)
          for (std::int64_t run = 0; run < 2; ++run) {
            const std::int64_t first = 4 * prior + 3 * run, count = run == 0 ? 3 : 1;
            std::int64_t best = first;
            for (std::int64_t c = first; c < first + count; ++c)
              if (input[n][c][y][x].item<float>() > input[n][best][y][x].item<float>()) best = c;
            const std::int64_t to = 2 * prior + run;
            EXPECT_EQ(out[n][to][y][x].item<float>(), input[n][best][y][x].item<float>());
            for (std::int64_t c = first; c < first + count; ++c)
              EXPECT_EQ(input.grad()[n][c][y][x].item<float>(),
                        c == best ? slope[n][to][y][x].item<float>() : 0.0F);
          }
}

TEST(TorchNetwork, MaxOutHeadsStartSureOfBackgroundToo) {
  ModelOptions options;
  options.heads_max_out = {3, 1};
  TorchNetwork network(make_network(options), 1);
  const auto output = network.forward(torch::rand({2, 3, 64, 64}));
  EXPECT_EQ(output.conf.sizes(), torch::IntArrayRef({2, 8 * 8 * 3 + 4 * 4 * 2 + 2 * 2 * 2 + 3, 2}));
  const double face = torch::softmax(output.conf, 2).select(2, 1).mean().item<double>();
  EXPECT_NEAR(face, 0.01, 0.01);
  (output.loc.square().sum() + output.conf.square().sum()).backward();
  for (const auto& [name, tensor] : network.parameters())
    EXPECT_TRUE(tensor.grad().defined()) << name;
}

/// Training fuses BatchNorm with what follows it; inspecting all layers does not.
TEST(TorchNetwork, LearnsTheSameWithLayersComputedTogether) {
  torch::manual_seed(1);
  for (const char* const backbone : {"faceshot_nano", "mobilenet_v2", "resnet18"}) {
    SCOPED_TRACE(backbone);
    ModelOptions options;
    options.backbone = backbone;
    options.alpha = 0.25F;
    if (options.backbone != "faceshot_nano") options.prior_sizes.resize(3);
    // Many values per channel on the last maps, too, so that few are divided by tiny deviations
    // there.
    const auto input = torch::rand({6, 3, 96, 96});
    std::vector<Weights> statistics;
    std::vector<std::vector<torch::Tensor>> gradients;
    torch::Tensor outputs[2];
    for (const bool together : {false, true}) {
      TorchNetwork network(make_network(options), 1);
      if (together) {
        outputs[1] = network.forward(input).conf;
      } else {
        std::vector<std::string> names;
        for (const network::Head& head : network.spec().heads) names.push_back(head.conf);
        std::vector<torch::Tensor> rows;
        for (const torch::Tensor& map : network.layer_outputs(input, names))
          rows.push_back(map.permute({0, 2, 3, 1}).reshape({6, -1, 2}));
        outputs[0] = torch::cat(rows, 1);
      }
      outputs[together ? 1 : 0].sin().sum().backward();
      statistics.push_back(network.weights());
      gradients.emplace_back();
      for (const auto& [name, tensor] : network.parameters())
        gradients.back().push_back(tensor.grad());
    }
    EXPECT_TRUE(torch::allclose(outputs[0], outputs[1], 1e-2, 1e-3));
    for (const auto& [name, array] : statistics[0])
      for (std::size_t i = 0; i < array.values.size(); ++i)
        ASSERT_NEAR(array.values[i], statistics[1].at(name).values[i],
                    1e-3F * std::max(1.0F, std::abs(array.values[i])))
            << name;
    double largest = 0;
    for (const torch::Tensor& gradient : gradients[0])
      if (gradient.defined()) largest = std::max(largest, gradient.norm().item<double>());
    for (std::size_t i = 0; i < gradients[0].size(); ++i) {
      ASSERT_EQ(gradients[0][i].defined(), gradients[1][i].defined()) << i;
      if (!gradients[0][i].defined()) continue;
      // By norms, and roughly: a value at an activation's kink may fall on either side, which
      // through all layers of the deeper networks amounts to some hundredths.
      EXPECT_LT((gradients[0][i] - gradients[1][i]).norm().item<double>(),
                0.1 * gradients[0][i].norm().item<double>() + 1e-3 * largest)
          << i;
    }
  }
}

/// A plain gradient step in training mode; returns the weights after it.
Weights trained(TorchNetwork& network) {
  for (const auto& [name, tensor] : network.parameters()) {
    torch::Tensor parameter = tensor;
    parameter.mutable_grad() = torch::Tensor();
  }
  const auto output = network.forward(torch::rand({2, 3, 64, 64}));
  (output.loc.square().sum() + output.conf.square().sum()).backward();
  const torch::NoGradGuard no_grad;
  for (const auto& [name, tensor] : network.parameters())
    if (tensor.grad().defined()) tensor.sub_(tensor.grad(), 1e-3);
  return network.weights();
}

bool is_statistic(const std::string& name) { return name.find(".running_") != std::string::npos; }

TEST(TorchNetworkFreeze, ReachesParametersAndStatisticsOfTheNamedLayersOnly) {
  TorchNetwork network(make_network({}), 1);
  const auto frozen = frozen_layers(network.spec(), {"backbone.until:C4"});
  const Weights before = network.weights();
  network.freeze(frozen, true);
  (void)trained(network);
  const Weights after = trained(network);
  std::size_t still = 0;
  for (const auto& [name, array] : after) {
    const bool frozen_here = frozen.contains(name.substr(0, name.rfind('.')));
    EXPECT_EQ(array.values == before.at(name).values, frozen_here) << name;
    still += frozen_here ? 1 : 0;
  }
  EXPECT_GT(still, 20U);
  for (const auto& [name, tensor] : network.parameters())
    EXPECT_EQ(tensor.grad().defined(), !frozen.contains(name.substr(0, name.rfind('.')))) << name;
}

TEST(TorchNetworkFreeze, MayLetStatisticsAdapt) {
  TorchNetwork network(make_network({}), 1);
  const Weights before = network.weights();
  network.freeze(frozen_layers(network.spec(), {"backbone"}), false);
  const Weights after = trained(network);
  for (const auto& [name, array] : after)
    EXPECT_EQ(array.values == before.at(name).values,
              name.starts_with("backbone.") && !is_statistic(name))
        << name;
}

TEST(TorchNetworkFreeze, FrozenLayersComputeAsInEvaluation) {
  // With all BatchNorm layers frozen, training mode gives the values of evaluation mode, except for
  // the rounding of convolutions that are computed differently.
  TorchNetwork network(make_network({}), 1);
  const auto input = torch::rand({2, 3, 64, 64});
  std::set<std::string> norms;
  for (const network::Layer& layer : network.spec().layers)
    if (layer.kind == network::LayerKind::batch_norm) norms.insert(layer.name);
  const auto as_trained = network.forward(input).conf;
  network.train(false);
  const auto evaluated = network.forward(input).conf;
  network.train(true);
  network.freeze(norms, true);
  EXPECT_TRUE(torch::allclose(network.forward(input).conf, evaluated, 1e-4, 1e-5));
  EXPECT_FALSE(torch::allclose(as_trained, evaluated, 1e-4, 1e-5)) << "or the test could not fail";
}

TEST(TorchNetworkFreeze, EndsWithAnEmptySet) {
  TorchNetwork network(make_network({}), 1);
  network.freeze(frozen_layers(network.spec(), {"backbone", "neck"}), true);
  const Weights before = trained(network);
  network.freeze({}, true);
  const Weights after = trained(network);
  for (const auto& [name, array] : after) EXPECT_NE(array.values, before.at(name).values) << name;
}

TEST(TorchNetworkFreeze, GradientsPassThroughFrozenParts) {
  TorchNetwork network(make_network({}), 1);
  network.freeze(frozen_layers(network.spec(), {"neck", "heads"}), true);
  const Weights before = network.weights();
  const Weights after = trained(network);
  for (const auto& [name, array] : after)
    EXPECT_EQ(array.values != before.at(name).values, name.starts_with("backbone.")) << name;
}

}  // namespace
}  // namespace faceshot::model
