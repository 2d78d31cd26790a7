// A level's predictors, the joined levels, and maps with several readers, against LibTorch's
// operators in double.
#include "training_ops/predictors.hpp"

#include <gtest/gtest.h>
#include <torch/autograd.h>

#include "faceshot/error.hpp"
#include "training_ops/fork.hpp"

namespace faceshot::training_ops::predictors_test {
namespace {

using network::Layer;

torch::Tensor map(torch::IntArrayRef shape) {
  return torch::randn(shape)
      .contiguous(torch::MemoryFormat::ChannelsLast)
      .to(torch::kBFloat16)
      .set_requires_grad(true);
}

/// Largest difference relative to the largest value.
double difference(const torch::Tensor& a, const torch::Tensor& b) {
  if (!a.defined() || a.sizes() != b.sizes()) return 1e9;
  const torch::Tensor wanted = b.to(torch::kDouble);
  return ((a.to(torch::kDouble) - wanted).abs().max() / wanted.abs().max().clamp_min(1e-3))
      .item<double>();
}

torch::Tensor exact(const torch::Tensor& t) {
  return t.detach().to(torch::kDouble).set_requires_grad(true);
}

Predictor predictor(std::int64_t priors, std::int64_t values, std::int64_t channels) {
  const torch::Tensor weight = torch::randn({priors * values, channels, 1, 1});
  // What must be rounded is the same for both.
  return {weight.to(torch::kBFloat16).to(torch::kFloat).set_requires_grad(true),
          torch::randn({priors * values}).set_requires_grad(true), values};
}

struct Level {
  torch::Tensor in;
  std::vector<Predictor> predictors;
};

TEST(Predictors, EqualTorchOverSeveralLevels) {
  torch::manual_seed(1);
  for (const std::size_t outputs : {1U, 2U, 3U}) {
    const std::int64_t values[] = {4, 2, 10};
    std::vector<Level> levels;
    for (const std::int64_t side : {13, 5, 1}) {
      Level level{map({3, 48, side, side + 1}), {}};
      for (std::size_t o = 0; o < outputs; ++o)
        level.predictors.push_back(predictor(side % 4 + 1, values[o], 48));
      levels.push_back(level);
    }

    std::vector<std::vector<torch::Tensor>> ours(outputs), theirs(outputs);
    std::vector<Level> reference;
    for (const Level& level : levels) {
      const auto parts = predict(level.in, level.predictors);
      ASSERT_EQ(parts.size(), outputs);
      reference.push_back({exact(level.in), {}});
      for (std::size_t o = 0; o < outputs; ++o) {
        ours[o].push_back(parts[o]);
        const Predictor& p = level.predictors[o];
        reference.back().predictors.push_back({exact(p.weight), exact(p.bias), p.values});
        const Predictor& q = reference.back().predictors.back();
        theirs[o].push_back(torch::conv2d(reference.back().in, q.weight, q.bias)
                                .permute({0, 2, 3, 1})
                                .reshape({level.in.size(0), -1, p.values}));
      }
    }
    std::vector<torch::Tensor> all, wanted, gradients, exact_gradients;
    for (std::size_t o = 0; o < outputs; ++o) {
      all.push_back(join_levels(ours[o]));
      wanted.push_back(torch::cat(theirs[o], 1));
      EXPECT_EQ(all.back().scalar_type(), torch::kFloat);
      EXPECT_LT(difference(all.back(), wanted.back()), 0.005);
      gradients.push_back(torch::randn(all.back().sizes()).to(torch::kBFloat16).to(torch::kFloat));
      exact_gradients.push_back(gradients.back().to(torch::kDouble));
    }
    torch::autograd::backward(all, gradients);
    torch::autograd::backward(wanted, exact_gradients);
    for (std::size_t l = 0; l < levels.size(); ++l) {
      EXPECT_LT(difference(levels[l].in.grad(), reference[l].in.grad()), 0.01);
      for (std::size_t o = 0; o < outputs; ++o) {
        const Predictor &p = levels[l].predictors[o], &q = reference[l].predictors[o];
        EXPECT_LT(difference(p.weight.grad(), q.weight.grad()), 1e-4);
        EXPECT_LT(difference(p.bias.grad(), q.bias.grad()), 1e-4);
      }
    }
  }
}

TEST(Predictors, AnOutputThatNobodyLearnsFrom) {
  torch::manual_seed(2);
  const torch::Tensor in = map({2, 32, 4, 4});
  const std::vector<Predictor> predictors{predictor(3, 4, 32), predictor(3, 2, 32)};
  predict(in, predictors)[1].sum().backward();
  EXPECT_EQ(predictors[0].weight.grad().abs().max().item<float>(), 0);
  EXPECT_LT(difference(predictors[1].bias.grad(), torch::full({6}, 2 * 4 * 4.0)), 1e-6);
}

TEST(Predictors, AreForWhatTheyCanCompute) {
  const torch::Tensor in = map({1, 32, 4, 4});
  const Layer layer{
      .name = "p", .inputs = {"input"}, .in_channels = 32, .out_channels = 6, .bias = true};
  EXPECT_TRUE(is_fast_predictor(layer, in));
  EXPECT_FALSE(is_fast_predictor(layer, in.to(torch::kFloat)));
  const auto with = [&](auto change) {
    Layer other = layer;
    change(other);
    return is_fast_predictor(other, in);
  };
  EXPECT_FALSE(with([](Layer& l) { l.bias = false; }));
  EXPECT_FALSE(with([](Layer& l) { l.kernel = {3, 3}; }));
  EXPECT_FALSE(with([](Layer& l) { l.in_channels = 24; }));
  EXPECT_FALSE(with([](Layer& l) { l.stride = 2; }));
  EXPECT_FALSE(with([](Layer& l) { l.kind = network::LayerKind::max_out; }));
  EXPECT_THROW((void)predict(in, {}), Error);
  EXPECT_THROW((void)join_levels({torch::rand({1, 2, 4}), torch::rand({1, 2, 3})}), Error);
}

TEST(Fork, GradientsOfAllReadersAreAddedUp) {
  torch::manual_seed(3);
  for (const auto type : {torch::kFloat, torch::kBFloat16})
    for (const std::size_t readers : {1U, 2U, 3U}) {
      const torch::Tensor in = map({2, 24, 9, 7}).detach().to(type).set_requires_grad(true);
      const auto all = fork(in, readers);
      ASSERT_EQ(all.size(), readers);
      torch::Tensor sum = torch::zeros_like(in);
      std::vector<torch::Tensor> gradients;
      for (std::size_t r = 0; r < readers; ++r) {
        EXPECT_EQ(all[r].data_ptr(), in.data_ptr()) << "a copy";
        gradients.push_back(torch::randn_like(in));
        sum += gradients.back();
      }
      torch::autograd::backward(all, gradients);
      EXPECT_LT(difference(in.grad(), sum), type == torch::kFloat ? 1e-6 : 0.01);
    }
}

TEST(Fork, ReadersThatGiveNoGradientDoNotCount) {
  const torch::Tensor in = map({1, 16, 4, 4});
  const auto all = fork(in, 2);
  all[1].backward(torch::ones_like(in));
  EXPECT_TRUE(torch::equal(in.grad(), torch::ones_like(in)));
}

}  // namespace
}  // namespace faceshot::training_ops::predictors_test
