// Compared with LibTorch's own batch_norm, sum and activation, and with numerical gradients.
#include "training_ops/fused_batch_norm.hpp"

#include <gtest/gtest.h>

#include <barrier>
#include <limits>
#include <thread>

#include "faceshot/error.hpp"

namespace faceshot::training_ops::fused_batch_norm_test {
namespace {

using network::Activation;

/// A layer, its input and the gradient of its output.
struct Case {
  BatchNormTensors layer;
  torch::Tensor in, residual, gradient;
  Activation activation;
};

torch::Tensor channels_last(const torch::Tensor& map) {
  return map.contiguous(torch::MemoryFormat::ChannelsLast);
}

Case make_case(torch::IntArrayRef shape, torch::ScalarType type, bool residual,
               Activation activation) {
  torch::manual_seed(7);
  const std::int64_t channels = shape[1];
  Case c;
  c.layer = {torch::rand({channels}) + 0.5, torch::randn({channels}), torch::randn({channels}),
             torch::rand({channels}) + 0.5};
  // Every channel has its own mean and deviation.
  const torch::Tensor spread = torch::rand({1, channels, 1, 1}) * 3 + 0.1;
  c.in =
      channels_last(torch::randn(shape) * spread + torch::randn({1, channels, 1, 1}) * 2).to(type);
  if (residual) c.residual = channels_last(torch::randn(shape)).to(type);
  c.activation = activation;
  // At a kink of the activation, rounding decides whether a gradient passes: none enters there.
  torch::Tensor sum = torch::batch_norm(c.in.to(torch::kFloat), c.layer.weight, c.layer.bias, {},
                                        {}, true, 0, 1e-5, false);
  if (residual) sum = sum + c.residual.to(torch::kFloat);
  const torch::Tensor smooth = (sum.abs() > 1e-3) & ((sum - 6).abs() > 1e-3);
  c.gradient = channels_last(torch::randn(shape) * smooth).to(type);
  return c;
}

struct Result {
  torch::Tensor out, in_gradient, weight_gradient, bias_gradient, residual_gradient, running_mean,
      running_var;
};

torch::Tensor leaf(const torch::Tensor& tensor) {
  return tensor.defined() ? tensor.detach().clone().set_requires_grad(true) : tensor;
}

/// The same values in another type.
Case converted(Case c, torch::ScalarType type) {
  for (torch::Tensor* const t : {&c.in, &c.residual, &c.gradient, &c.layer.weight, &c.layer.bias,
                                 &c.layer.running_mean, &c.layer.running_var})
    if (t->defined()) *t = t->to(type);
  return c;
}

Result run(const Case& c, bool fused, const SumOverProcesses& sum = {}) {
  const torch::Tensor in = leaf(c.in);
  const torch::Tensor residual = leaf(c.residual);
  const BatchNormTensors layer{leaf(c.layer.weight), leaf(c.layer.bias),
                               c.layer.running_mean.clone(), c.layer.running_var.clone()};
  torch::Tensor out;
  if (fused) {
    out = fused_batch_norm(in, layer, 1e-5, residual, c.activation, sum);
  } else {
    out = torch::batch_norm(in, layer.weight, layer.bias, layer.running_mean, layer.running_var,
                            true, 0.1, 1e-5, false);
    if (residual.defined()) out = out + residual;
    if (c.activation == Activation::relu) out = torch::relu(out);
    if (c.activation == Activation::relu6) out = torch::clamp(out, 0, 6);
  }
  out.backward(c.gradient);
  return {out.detach(),
          in.grad(),
          layer.weight.grad(),
          layer.bias.grad(),
          residual.defined() ? residual.grad() : torch::Tensor(),
          layer.running_mean,
          layer.running_var};
}

/// Largest difference relative to the largest value.
double difference(const torch::Tensor& a, const torch::Tensor& b) {
  const torch::Tensor wanted = b.to(torch::kDouble);
  return ((a.to(torch::kDouble) - wanted).abs().max() / wanted.abs().max().clamp_min(1e-3))
      .item<double>();
}

void expect_near(const Result& got, const Result& wanted, double maps, double parameters) {
  EXPECT_LT(difference(got.out, wanted.out), maps);
  EXPECT_LT(difference(got.in_gradient, wanted.in_gradient), maps);
  if (wanted.residual_gradient.defined()) {
    EXPECT_LT(difference(got.residual_gradient, wanted.residual_gradient), maps);
  }
  EXPECT_LT(difference(got.weight_gradient, wanted.weight_gradient), parameters);
  EXPECT_LT(difference(got.bias_gradient, wanted.bias_gradient), parameters);
  EXPECT_LT(difference(got.running_mean, wanted.running_mean), 1e-5);
  EXPECT_LT(difference(got.running_var, wanted.running_var), 1e-5);
}

/// Sizes that do not fill vector registers, threads' pieces and periods exactly, and some that do.
const std::vector<std::vector<std::int64_t>> shapes{
    {2, 16, 40, 40}, {3, 64, 20, 20}, {2, 128, 5, 5}, {1, 24, 7, 9},
    {5, 3, 11, 13},  {2, 37, 3, 1},   {2, 1, 5, 3},   {4, 100, 33, 17}};

TEST(FusedBatchNorm, EqualsTorchInFloat) {
  for (const auto& shape : shapes)
    for (const bool residual : {false, true})
      for (const Activation activation : {Activation::none, Activation::relu, Activation::relu6}) {
        const Case c = make_case(shape, torch::kFloat, residual, activation);
        SCOPED_TRACE(testing::Message() << c.in.sizes() << " residual " << residual
                                        << " activation " << static_cast<int>(activation));
        expect_near(run(c, true), run(converted(c, torch::kDouble), false), 1e-5, 1e-5);
      }
}

TEST(FusedBatchNorm, EqualsTorchInBfloat16UpToRounding) {
  // Torch rounds after each of its operators, we round once, at the end.
  for (const auto& shape : shapes)
    for (const bool residual : {false, true})
      for (const Activation activation : {Activation::none, Activation::relu}) {
        const Case c = make_case(shape, torch::kBFloat16, residual, activation);
        SCOPED_TRACE(testing::Message() << c.in.sizes() << " residual " << residual);
        const Result got = run(c, true);
        EXPECT_EQ(got.out.scalar_type(), torch::kBFloat16);
        EXPECT_EQ(got.in_gradient.scalar_type(), torch::kBFloat16);
        expect_near(got, run(converted(c, torch::kDouble), false), 1.0 / 256, 1e-4);
      }
}

TEST(FusedBatchNorm, GradientsAreThoseOfFiniteDifferences) {
  Case c = make_case({2, 5, 3, 4}, torch::kFloat, true, Activation::relu);
  const Result got = run(c, true);
  const auto loss = [&] {
    const torch::NoGradGuard no_grad;
    BatchNormTensors layer = c.layer;
    layer.running_mean = layer.running_mean.clone();
    layer.running_var = layer.running_var.clone();
    return (fused_batch_norm(c.in, layer, 1e-5, c.residual, c.activation, {}).to(torch::kDouble) *
            c.gradient)
        .sum()
        .item<double>();
  };
  const auto check = [&](const torch::Tensor& of, const torch::Tensor& gradient, const char* name) {
    auto* const values = of.data_ptr<float>();
    const auto* const analytic = gradient.data_ptr<float>();
    ASSERT_EQ(of.strides(), gradient.strides());
    int kinks = 0;
    for (std::int64_t i = 0; i < of.numel(); ++i) {
      const float before = values[i];
      const float step = 1e-2F;
      values[i] = before + step;
      const double above = loss();
      values[i] = before - step;
      const double below = loss();
      values[i] = before;
      const double slope = (above - below) / (2 * static_cast<double>(step));
      // If a step takes a value across ReLU's kink there is no slope to compare.
      if (std::abs(slope - static_cast<double>(analytic[i])) > 2e-2) ++kinks;
    }
    EXPECT_LE(kinks, of.numel() / 20) << name;
  };
  check(c.layer.weight, got.weight_gradient, "weight");
  check(c.layer.bias, got.bias_gradient, "bias");
  check(c.residual, got.residual_gradient, "residual");
  check(c.in, got.in_gradient, "input");
}

TEST(FusedBatchNorm, AMeanFarFromZeroCostsNoDigits) {
  Case c = make_case({4, 16, 16, 16}, torch::kFloat, false, Activation::none);
  c.in = channels_last(torch::randn({4, 16, 16, 16}) + 1000);
  c.layer.running_var.zero_();
  const Result got = run(c, true);
  const torch::Tensor exact = c.in.to(torch::kDouble).var({0, 2, 3}, true) * 0.1;
  EXPECT_LT(difference(got.running_var.to(torch::kDouble), exact), 1e-4);
}

TEST(FusedBatchNorm, DoesNotDependOnTheNumberOfThreads) {
  const Case c = make_case({4, 24, 50, 50}, torch::kBFloat16, true, Activation::relu);
  const int before = torch::get_num_threads();
  torch::set_num_threads(1);
  const Result one = run(c, true);
  torch::set_num_threads(3);
  const Result three = run(c, true);
  torch::set_num_threads(before);
  EXPECT_TRUE(torch::equal(one.out, three.out));
  EXPECT_TRUE(torch::equal(one.in_gradient, three.in_gradient));
  EXPECT_TRUE(torch::equal(one.weight_gradient, three.weight_gradient));
  EXPECT_TRUE(torch::equal(one.running_var, three.running_var));
}

TEST(FusedBatchNorm, GivesNoNumbersForNoNumbers) {
  // So that a diverged run is noticed.
  Case c = make_case({2, 16, 4, 4}, torch::kBFloat16, false, Activation::relu);
  c.in[1][3][2][1] = std::numeric_limits<float>::quiet_NaN();
  const torch::Tensor out = run(c, true).out;
  EXPECT_TRUE(torch::isnan(out.select(1, 3)).all().item<bool>());
  EXPECT_TRUE(torch::isfinite(out.select(1, 4)).all().item<bool>());
}

TEST(FusedBatchNorm, TakesWhatAutogradGivesIt) {
  // An input that is not channels_last, and one number as the gradient of all outputs.
  Case c = make_case({2, 16, 6, 6}, torch::kFloat, false, Activation::relu);
  c.in = c.in.contiguous();
  c.gradient = torch::ones({1, 1, 1, 1}).expand({2, 16, 6, 6});
  expect_near(run(c, true), run(c, false), 1e-5, 1e-5);
}

TEST(FusedBatchNorm, OfParametersThatDoNotLearn) {
  const Case c = make_case({2, 16, 6, 6}, torch::kFloat, false, Activation::relu);
  const torch::Tensor in = leaf(c.in);
  fused_batch_norm(in, c.layer, 1e-5, {}, c.activation, {}).backward(c.gradient);
  EXPECT_LT(difference(in.grad(), run(c, false).in_gradient), 1e-5);
  EXPECT_FALSE(c.layer.weight.grad().defined());
}

TEST(FusedBatchNorm, RefusesWhatDoesNotFit) {
  const Case c = make_case({2, 16, 6, 6}, torch::kFloat, true, Activation::relu);
  const auto call = [&](const torch::Tensor& in, const torch::Tensor& residual) {
    (void)fused_batch_norm(in, c.layer, 1e-5, residual, c.activation, {});
  };
  EXPECT_THROW(call(c.in.to(torch::kDouble), {}), Error);
  EXPECT_THROW(call(c.in, c.residual.to(torch::kBFloat16)), Error);
  EXPECT_THROW(call(c.in, c.residual.slice(0, 0, 1)), Error);
}

/// Adds up the values of two threads, as two processes would.
class Exchange {
 public:
  void sum(std::size_t process, torch::Tensor& mine) {
    brought_[process] = mine;
    all_have_brought_.arrive_and_wait();
    const torch::Tensor total = brought_[0] + brought_[1];
    all_have_read_.arrive_and_wait();
    mine.copy_(total);
  }

 private:
  torch::Tensor brought_[2];
  std::barrier<> all_have_brought_{2}, all_have_read_{2};
};

TEST(FusedBatchNorm, OfTwoProcessesIsThatOfTheWholeBatch) {
  // Parts of different size: the sums are weighted by their counts.
  const Case whole = make_case({5, 24, 9, 7}, torch::kFloat, true, Activation::relu);
  const Result wanted = run(whole, false);
  const auto part_of = [&](std::int64_t first, std::int64_t end) {
    Case part = whole;
    for (torch::Tensor* const t : {&part.in, &part.residual, &part.gradient})
      *t = channels_last(t->slice(0, first, end));
    return part;
  };
  const std::vector<Case> parts{part_of(0, 2), part_of(2, 5)};
  std::vector<Result> results(2);
  Exchange exchange;
  {
    std::vector<std::jthread> processes;
    for (std::size_t p = 0; p < 2; ++p)
      processes.emplace_back([&, p] {
        results[p] = run(parts[p], true, [&](torch::Tensor& sums) { exchange.sum(p, sums); });
      });
  }
  const auto joined = [&](torch::Tensor Result::*map) {
    return torch::cat({results[0].*map, results[1].*map});
  };
  EXPECT_LT(difference(joined(&Result::out), wanted.out), 1e-5);
  EXPECT_LT(difference(joined(&Result::in_gradient), wanted.in_gradient), 1e-5);
  EXPECT_LT(difference(joined(&Result::residual_gradient), wanted.residual_gradient), 1e-5);
  for (const auto gradient : {&Result::weight_gradient, &Result::bias_gradient})
    EXPECT_LT(difference(results[0].*gradient + results[1].*gradient, wanted.*gradient), 1e-5);
  for (const Result& result : results) {
    EXPECT_LT(difference(result.running_mean, wanted.running_mean), 1e-5);
    EXPECT_LT(difference(result.running_var, wanted.running_var), 1e-5);
  }
}

}  // namespace
}  // namespace faceshot::training_ops::fused_batch_norm_test
