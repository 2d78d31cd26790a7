// Compared with PyTorch's own optimisers (fixtures/make_torch_optimizers.py), and with Adam's
// formulas (Kingma and Ba 2015, algorithm 1) worked out by hand.
#include "train/step/optimizer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "faceshot/error.hpp"
#include "network/parts.hpp"
#include "network/registry.hpp"

namespace faceshot::train {
namespace {

using model::TorchNetwork;
using network::make_network;
using weights::Weights;

/// Adds one to the gradient of every parameter that learns, and makes a step.
void step(TorchNetwork& network, Optimizer& optimizer, double rate) {
  optimizer.zero_grad();
  torch::Tensor sum = torch::zeros({});
  for (const auto& [name, tensor] : network.parameters())
    if (tensor.requires_grad()) sum = sum + tensor.sum();
  sum.backward();
  optimizer.step(rate);
}

TrainOptions optimizer_options(const std::string& algorithm, float decay = 0) {
  TrainOptions o;
  o.optimizer = algorithm;
  o.weight_decay = decay;
  return o;
}

/// Expects all values of this parameter to have moved by `distance`.
void expect_moved(const std::string& name, const Weights& from, const Weights& to,
                  double distance) {
  const auto& before = from.at(name).values;
  const auto& after = to.at(name).values;
  for (std::size_t i = 0; i < before.size(); ++i)
    ASSERT_NEAR(static_cast<double>(before[i]) - static_cast<double>(after[i]), distance, 2e-6)
        << name;
}

class OptimizerTest : public ::testing::TestWithParam<const char*> {};

TEST_P(OptimizerTest, RatesOfThePartsAreFactors) {
  // Whatever the gradient, Adam's first step moves each weight by the learning rate.
  TorchNetwork network(make_network({}), 1);
  TrainOptions o = optimizer_options(GetParam());
  o.rates = {.backbone = 0.1F, .neck = 1, .extras = 1, .heads = 3};
  Optimizer optimizer(network, o);
  const Weights before = network.weights();
  step(network, optimizer, 0.01);
  const Weights after = network.weights();
  for (const auto& [name, tensor] : network.parameters()) {
    const double factor = name.starts_with("backbone.") ? 0.1 : name.starts_with("head") ? 3 : 1;
    expect_moved(name, before, after, 0.01 * factor);
  }
}

TEST_P(OptimizerTest, ARateOfZeroHoldsAPartStill) {
  TorchNetwork network(make_network({}), 1);
  TrainOptions o = optimizer_options(GetParam(), 0.1F);
  o.rates.neck = 0;
  Optimizer optimizer(network, o);
  const Weights before = network.weights();
  step(network, optimizer, 0.01);
  for (const auto& [name, array] : network.weights())
    if (name.starts_with("neck.")) {
      EXPECT_EQ(array.values, before.at(name).values) << name;
    }
}

TEST_P(OptimizerTest, LeavesFrozenParametersAlone) {
  // Weight decay does not move them either, and no state of theirs is kept.
  TorchNetwork network(make_network({}), 1);
  network.freeze(network::frozen_layers(network.spec(), {"backbone"}), true);
  Optimizer optimizer(network, optimizer_options(GetParam(), 0.1F));
  const Weights before = network.weights();
  for (int i = 0; i < 3; ++i) step(network, optimizer, 0.01);
  const Weights after = network.weights();
  const OptimizerState state = optimizer.state();
  std::size_t learning = 0;
  for (const auto& [name, tensor] : network.parameters()) {
    const bool frozen = name.starts_with("backbone.");
    EXPECT_EQ(after.at(name).values == before.at(name).values, frozen) << name;
    EXPECT_EQ(state.arrays.contains("exp_avg/" + name), !frozen) << name;
    EXPECT_EQ(state.steps.contains(name), !frozen) << name;
    if (frozen) continue;
    EXPECT_EQ(state.steps.at(name), 3) << name;
    ++learning;
  }
  EXPECT_EQ(state.arrays.size(), 2 * learning);
}

TEST_P(OptimizerTest, CorrectsTheBiasOfLatecomersByTheirOwnSteps) {
  TorchNetwork network(make_network({}), 1);
  network.freeze(network::frozen_layers(network.spec(), {"backbone"}), true);
  Optimizer optimizer(network, optimizer_options(GetParam()));
  for (int i = 0; i < 3; ++i) step(network, optimizer, 0.01);
  network.freeze({}, true);
  // Also if saved and loaded at this moment, when the latecomers have no state yet.
  Optimizer loaded(network, optimizer_options(GetParam()));
  loaded.load(optimizer.state());
  const Weights before = network.weights();
  for (Optimizer* const each : {&optimizer, &loaded}) {
    network.load(before);
    step(network, *each, 0.01);
    // With the others' step 4 it would be (0.1 / 0.3439) / sqrt(0.001 / 0.003994) = 0.58 of that.
    expect_moved("backbone.stem.conv.weight", before, network.weights(), 0.01);
    EXPECT_EQ(each->state().steps.at("backbone.stem.conv.weight"), 1);
    EXPECT_EQ(each->state().steps.at("head0.loc.weight"), 4);
  }
}

TEST_P(OptimizerTest, AStateWithAHoleIsRefused) {
  TorchNetwork network(make_network({}), 1);
  Optimizer optimizer(network, optimizer_options(GetParam()));
  step(network, optimizer, 0.01);
  OptimizerState state = optimizer.state();
  state.arrays.erase("exp_avg_sq/head0.loc.weight");
  EXPECT_THROW(optimizer.load(state), Error);
}

TEST(Sgd, MovesByItsMomentumAndGoesOnFromItsState) {
  // For a gradient that is always 1 the momentum is 1, 1.9, 2.71, 3.439; Nesterov is one step
  // ahead.
  for (const bool nesterov : {false, true}) {
    TorchNetwork network(make_network({}), 1);
    TrainOptions o = optimizer_options("sgd");
    o.momentum = 0.9F;
    o.nesterov = nesterov;
    Optimizer optimizer(network, o);
    const Weights before = network.weights();
    for (int i = 0; i < 2; ++i) step(network, optimizer, 0.01);
    expect_moved("head0.loc.weight", before, network.weights(),
                 0.01 * (nesterov ? 1.9 + 2.71 : 1 + 1.9));
    Optimizer loaded(network, o);
    loaded.load(optimizer.state());
    const Weights middle = network.weights();
    step(network, loaded, 0.01);
    expect_moved("head0.loc.weight", middle, network.weights(), 0.01 * (nesterov ? 3.439 : 2.71));
    OptimizerState hole = optimizer.state();
    hole.arrays.erase("momentum/head0.loc.weight");
    EXPECT_THROW(loaded.load(hole), Error);
  }
}

TEST(Sgd, WeightDecayPullsConvolutionsOnly) {
  TorchNetwork network(make_network({}), 1);
  TrainOptions o = optimizer_options("sgd", 0.5F);
  o.momentum = 0;
  Optimizer optimizer(network, o);
  const Weights before = network.weights();
  step(network, optimizer, 0.01);
  const Weights after = network.weights();
  EXPECT_TRUE(optimizer.state().arrays.empty());
  const auto moved = [&](const char* name) {
    return static_cast<double>(before.at(name).values[0] - after.at(name).values[0]);
  };
  EXPECT_NEAR(moved("head0.loc.bias"), 0.01, 1e-6);
  EXPECT_NEAR(moved("head0.loc.weight"),
              0.01 * (1 + 0.5 * static_cast<double>(before.at("head0.loc.weight").values[0])),
              1e-6);
}

/// Two 1x1 convolutions with biases: the parameters of the fixture.
network::NetworkSpec two_convolutions() {
  const auto conv = [](const char* name, int channels) {
    return network::Layer{.name = name,
                          .kind = network::LayerKind::conv,
                          .inputs = {"input"},
                          .in_channels = 1,
                          .out_channels = channels,
                          .bias = true};
  };
  return {.name = "two convolutions",
          .input = {},
          .layers = {conv("loc", 4), conv("conf", 2)},
          .taps = {},
          .heads = {{.feature = "input", .loc = "loc", .conf = "conf"}},
          .priors = {.levels = {{.min_sizes = {10}, .max_sizes = {}, .aspect_ratios = {}}}},
          .input_channels = 1};
}

TEST(OptimizerSteps, EqualPyTorchStepByStep) {
  std::ifstream in(std::string(FACESHOT_SOURCE_DIR) +
                   "/tests/train/fixtures/torch_optimizers.json");
  const auto fixture = nlohmann::json::parse(in);
  const auto arrays = [&](const nlohmann::json& json) {
    Weights weights;
    for (const auto& [name, shape] : fixture.at("shapes").items())
      weights[name] = {shape.get<std::vector<std::int64_t>>(),
                       json.at(name).get<std::vector<float>>()};
    return weights;
  };
  for (const auto& run : fixture.at("runs")) {
    TorchNetwork network(two_convolutions(), 1);
    network.load(arrays(fixture.at("start")));
    TrainOptions o = optimizer_options(run.at("optimizer"), run.at("weight_decay"));
    o.momentum = run.at("momentum");
    o.nesterov = run.at("nesterov");
    Optimizer optimizer(network, o);
    ASSERT_EQ(fixture.at("rates").size(), 50U);
    for (std::size_t s = 0; s < 50; ++s) {
      const Weights gradients = arrays(fixture.at("gradients")[s]);
      for (const auto& [name, parameter] : network.parameters()) {
        const torch::Tensor tensor = parameter;
        tensor.mutable_grad() = torch::tensor(gradients.at(name).values).view(tensor.sizes());
      }
      optimizer.step(fixture.at("rates")[s]);
      const Weights wanted = arrays(run.at("after")[s]);
      const Weights got = network.weights();
      for (const auto& [name, array] : wanted)
        for (std::size_t i = 0; i < array.values.size(); ++i)
          ASSERT_NEAR(got.at(name).values[i], array.values[i], 1e-6)
              << o.optimizer << ", decay " << o.weight_decay << ", momentum " << o.momentum
              << ", Nesterov " << o.nesterov << ", step " << s << ", " << name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Adam, OptimizerTest, ::testing::Values("adam", "adamw"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace faceshot::train
