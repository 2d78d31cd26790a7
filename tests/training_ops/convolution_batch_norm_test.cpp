// Convolution with BatchNorm, sum and activation in one operator, against LibTorch's four operators
// in double.
#include "training_ops/convolution_batch_norm.hpp"

#include <gtest/gtest.h>

namespace faceshot::training_ops {
namespace {

using network::Activation;
using network::Layer;

torch::Tensor map(torch::IntArrayRef shape, torch::ScalarType type) {
  return torch::randn(shape).contiguous(torch::MemoryFormat::ChannelsLast).to(type);
}

torch::Tensor leaf(const torch::Tensor& tensor) {
  return tensor.defined() ? tensor.detach().clone().set_requires_grad(true) : tensor;
}

/// Largest difference relative to the largest value.
double difference(const torch::Tensor& a, const torch::Tensor& b) {
  if (!a.defined() || a.sizes() != b.sizes()) return 1e9;
  const torch::Tensor wanted = b.to(torch::kDouble);
  return ((a.to(torch::kDouble) - wanted).abs().max() / wanted.abs().max().clamp_min(1e-3))
      .item<double>();
}

Layer pointwise(int in, int out) {
  return {.name = "p", .inputs = {"input"}, .in_channels = in, .out_channels = out};
}
Layer depthwise(int channels, int stride) {
  return {.name = "d",
          .inputs = {"input"},
          .in_channels = channels,
          .out_channels = channels,
          .kernel = {3, 3},
          .stride = stride,
          .padding = {1, 1, 1, 1},
          .groups = channels};
}
Layer first(int channels, int stride) {
  return {.name = "f",
          .inputs = {"input"},
          .in_channels = 3,
          .out_channels = channels,
          .kernel = {3, 3},
          .stride = stride,
          .padding = {1, 1, 1, 1}};
}

struct Values {
  torch::Tensor in, weight, scale, bias, mean, variance, residual, gradient;
};

Values make_values(const Layer& layer, torch::IntArrayRef size, torch::ScalarType type,
                   bool residual) {
  const std::int64_t channels = layer.out_channels;
  Values v;
  v.in = map({size[0], layer.in_channels, size[1], size[2]}, type);
  v.weight = torch::randn(
      {channels, layer.in_channels / layer.groups, layer.kernel.height, layer.kernel.width});
  // What must be rounded is the same for both.
  if (layer.kernel.height == 1) v.weight = v.weight.to(torch::kBFloat16).to(torch::kFloat);
  v.scale = torch::rand({channels}) + 0.5;
  v.bias = torch::randn({channels});
  v.mean = torch::randn({channels});
  v.variance = torch::rand({channels}) + 0.5;
  const std::int64_t height = (size[1] - 1) / layer.stride + 1;
  const std::int64_t width = (size[2] - 1) / layer.stride + 1;
  if (residual) v.residual = map({size[0], channels, height, width}, type);
  v.gradient = map({size[0], channels, height, width}, type);
  return v;
}

struct Result {
  torch::Tensor out, in, weight, scale, bias, residual, mean, variance;
};

/// @param rounding the type that the convolution's output is rounded to, as maps are
Result by_torch(const Layer& layer, Values& v, torch::ScalarType rounding, Activation activation) {
  const auto exact = [](const torch::Tensor& t) {
    return t.defined() ? leaf(t.to(torch::kDouble)) : t;
  };
  const torch::Tensor in = exact(v.in), weight = exact(v.weight), scale = exact(v.scale),
                      bias = exact(v.bias), residual = exact(v.residual);
  const torch::Tensor mean = v.mean.to(torch::kDouble), variance = v.variance.to(torch::kDouble);
  torch::Tensor y = torch::conv2d(in, weight, {}, layer.stride, layer.padding.top, 1, layer.groups);
  y = y.to(rounding).to(torch::kDouble);
  y = torch::batch_norm(y, scale, bias, mean, variance, true, 0.1, 1e-5, false);
  if (residual.defined()) y = y + residual;
  // At a kink of the activation, rounding decides whether a gradient passes: none enters there.
  const double kink = rounding == torch::kFloat ? 1e-3 : 0.1;
  v.gradient = (v.gradient * (y.abs() > kink)).to(v.gradient.scalar_type());
  const torch::Tensor z = activation == Activation::relu ? torch::relu(y) : y;
  z.backward(v.gradient.to(torch::kDouble));
  return {z,
          in.grad(),
          weight.grad(),
          scale.grad(),
          bias.grad(),
          residual.defined() ? residual.grad() : torch::Tensor(),
          mean,
          variance};
}

Result by_us(const Layer& layer, const Values& v, Activation activation) {
  // An image needs no gradient: the first convolution is made for images.
  const torch::Tensor in = layer.in_channels == 3 ? v.in : leaf(v.in);
  const torch::Tensor weight = leaf(v.weight), residual = leaf(v.residual);
  const BatchNormTensors norm{leaf(v.scale), leaf(v.bias), v.mean.clone(), v.variance.clone()};
  EXPECT_TRUE(is_fast_before_batch_norm(layer, in));
  const torch::Tensor z =
      convolution_batch_norm(layer, in, weight, norm, 1e-5, residual, activation, {});
  z.backward(v.gradient);
  return {z,
          in.grad(),
          weight.grad(),
          norm.weight.grad(),
          norm.bias.grad(),
          residual.defined() ? residual.grad() : torch::Tensor(),
          norm.running_mean,
          norm.running_var};
}

void compare(const Layer& layer, torch::IntArrayRef size, torch::ScalarType type, bool residual,
             Activation activation) {
  SCOPED_TRACE(testing::Message() << layer.name << layer.in_channels << " to " << layer.out_channels
                                  << " stride " << layer.stride << ", " << size << " " << type
                                  << " residual " << residual);
  Values v = make_values(layer, size, type, residual);
  const Result wanted = by_torch(layer, v, type, activation);
  const Result got = by_us(layer, v, activation);
  // bfloat16 rounds by up to 1 in 256: the maps, the gradient between BatchNorm and convolution.
  const double maps = type == torch::kFloat ? 1e-5 : 1.0 / 100;
  EXPECT_EQ(got.out.scalar_type(), type);
  EXPECT_TRUE(got.out.is_contiguous(torch::MemoryFormat::ChannelsLast));
  EXPECT_LT(difference(got.out, wanted.out), maps);
  if (layer.in_channels != 3) {
    EXPECT_LT(difference(got.in, wanted.in), maps);
  }
  EXPECT_LT(difference(got.weight, wanted.weight), maps);
  EXPECT_LT(difference(got.scale, wanted.scale), maps / 2);
  EXPECT_LT(difference(got.bias, wanted.bias), maps / 2);
  if (residual) {
    EXPECT_LT(difference(got.residual, wanted.residual), maps);
  }
  EXPECT_LT(difference(got.mean, wanted.mean), maps / 5);
  EXPECT_LT(difference(got.variance, wanted.variance), maps / 5);
}

/// Few pixels, odd counts, more than fit into one piece.
const std::vector<std::vector<std::int64_t>> sizes{{2, 40, 40}, {3, 7, 9}, {4, 25, 33}, {2, 2, 3}};

TEST(ConvolutionBatchNorm, PointwiseEqualsTorch) {
  torch::manual_seed(3);
  for (const auto& size : sizes)
    for (const auto& [in, out] : {std::pair{16, 32}, {48, 16}, {64, 64}, {128, 112}})
      for (const bool residual : {false, true})
        compare(pointwise(in, out), size, torch::kBFloat16, residual,
                residual ? Activation::none : Activation::relu);
}

TEST(ConvolutionBatchNorm, DepthwiseEqualsTorch) {
  torch::manual_seed(4);
  for (const auto& size : sizes)
    for (const int channels : {16, 48})
      for (const int stride : {1, 2})
        for (const auto type : {torch::kFloat, torch::kBFloat16})
          compare(depthwise(channels, stride), size, type, stride == 1, Activation::relu);
}

TEST(ConvolutionBatchNorm, TheFirstConvolutionEqualsTorch) {
  torch::manual_seed(5);
  for (const auto& size : sizes)
    for (const int stride : {1, 2})
      for (const auto type : {torch::kFloat, torch::kBFloat16})
        compare(first(32, stride), size, type, false, Activation::relu);
}

TEST(SeparableBatchNorm, EqualsTorch) {
  torch::manual_seed(7);
  for (const auto& size : sizes)
    for (const int stride : {1, 2})
      for (const bool residual : {false, true}) {
        SCOPED_TRACE(testing::Message()
                     << size << " stride " << stride << " residual " << residual);
        // A residual with stride 1 is the input itself, as in a residual block.
        const bool block = residual && stride == 1;
        const Layer deep = depthwise(48, stride), point = pointwise(48, block ? 48 : 64);
        Values v =
            make_values(point, {size[0], (size[1] - 1) / stride + 1, (size[2] - 1) / stride + 1},
                        torch::kBFloat16, residual && !block);
        v.in = map({size[0], 48, size[1], size[2]}, torch::kBFloat16);
        const torch::Tensor taps = torch::randn({48, 1, 3, 3});

        const auto exact = [](const torch::Tensor& t) { return leaf(t.to(torch::kDouble)); };
        const torch::Tensor in = exact(v.in), first_weight = exact(taps), weight = exact(v.weight),
                            scale = exact(v.scale), bias = exact(v.bias);
        const torch::Tensor added = block ? in : residual ? exact(v.residual) : torch::Tensor();
        torch::Tensor y = torch::conv2d(in, first_weight, {}, stride, 1, 1, 48);
        y = torch::conv2d(y.to(torch::kBFloat16).to(torch::kDouble), weight);
        y = torch::batch_norm(y.to(torch::kBFloat16).to(torch::kDouble), scale, bias, {}, {}, true,
                              0.1, 1e-5, false);
        if (residual) y = y + added;
        v.gradient = (v.gradient * (y.abs() > 0.1)).to(torch::kBFloat16);
        torch::relu(y).backward(v.gradient.to(torch::kDouble));

        const torch::Tensor x = leaf(v.in), our_taps = leaf(taps), our_weight = leaf(v.weight);
        const torch::Tensor ours = residual && !block ? leaf(v.residual) : torch::Tensor();
        const BatchNormTensors norm{leaf(v.scale), leaf(v.bias), v.mean.clone(),
                                    v.variance.clone()};
        ASSERT_TRUE(is_fast_separable(deep, point, x));
        const torch::Tensor z = separable_batch_norm(deep, x, our_taps, our_weight, norm, 1e-5,
                                                     block ? x : ours, Activation::relu, {});
        z.backward(v.gradient);
        EXPECT_LT(difference(z, torch::relu(y)), 0.01);
        EXPECT_LT(difference(x.grad(), in.grad()), 0.02);
        EXPECT_LT(difference(our_taps.grad(), first_weight.grad()), 0.02);
        EXPECT_LT(difference(our_weight.grad(), weight.grad()), 0.01);
        EXPECT_LT(difference(norm.weight.grad(), scale.grad()), 0.01);
        EXPECT_LT(difference(norm.bias.grad(), bias.grad()), 0.01);
        if (ours.defined()) {
          EXPECT_LT(difference(ours.grad(), added.grad()), 0.01);
        }
      }
}

TEST(ConvolutionBatchNorm, DoesNotDependOnTheNumberOfThreads) {
  torch::manual_seed(6);
  const int before = torch::get_num_threads();
  for (const Layer& layer : {pointwise(64, 96), depthwise(64, 1)}) {
    const Values v = make_values(layer, {4, 50, 50}, torch::kBFloat16, true);
    torch::set_num_threads(1);
    const Result one = by_us(layer, v, Activation::relu);
    torch::set_num_threads(3);
    const Result three = by_us(layer, v, Activation::relu);
    EXPECT_TRUE(torch::equal(one.out, three.out));
    EXPECT_TRUE(torch::equal(one.in, three.in));
    EXPECT_TRUE(torch::equal(one.weight, three.weight));
    EXPECT_TRUE(torch::equal(one.variance, three.variance));
  }
  torch::set_num_threads(before);
}

TEST(ConvolutionBatchNorm, IsForWhatItCanCompute) {
  const torch::Tensor in = torch::rand({1, 32, 8, 8}).to(torch::kBFloat16);
  EXPECT_TRUE(is_fast_before_batch_norm(pointwise(32, 64), in));
  EXPECT_FALSE(is_fast_before_batch_norm(pointwise(32, 64), in.to(torch::kFloat)));
  EXPECT_FALSE(is_fast_before_batch_norm(pointwise(32, 40), in));
  const auto with = [&](auto change) {
    Layer other = pointwise(32, 64);
    change(other);
    return is_fast_before_batch_norm(other, in);
  };
  EXPECT_FALSE(with([](Layer& l) { l.stride = 2; }));
  EXPECT_FALSE(with([](Layer& l) { l.groups = 2; }));
  EXPECT_FALSE(with([](Layer& l) { l.bias = true; }));
  EXPECT_FALSE(with([](Layer& l) { l.padding.top = 1; }));
  EXPECT_FALSE(with([](Layer& l) { l.kernel = {3, 3}; }));
}

TEST(ConvolutionBatchNorm, RefusesAResidualThatDoesNotFit) {
  const Layer layer = pointwise(16, 32);
  const Values v = make_values(layer, {1, 4, 4}, torch::kBFloat16, false);
  const BatchNormTensors norm{v.scale, v.bias, v.mean, v.variance};
  EXPECT_ANY_THROW(
      (void)convolution_batch_norm(layer, v.in, v.weight, norm, 1e-5, v.in, Activation::none, {}));
}

}  // namespace
}  // namespace faceshot::training_ops
