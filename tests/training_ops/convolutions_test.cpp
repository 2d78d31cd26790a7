// Our own training operators against LibTorch's, values and gradients.
#include <gtest/gtest.h>

#include "faceshot/error.hpp"
#include "training_ops/add_upsampled.hpp"
#include "training_ops/depthwise_convolution.hpp"
#include "training_ops/first_convolution.hpp"

namespace faceshot::training_ops::convolutions_test {
namespace {

using network::Layer;

torch::Tensor map(torch::IntArrayRef shape, torch::ScalarType type) {
  return torch::randn(shape).contiguous(torch::MemoryFormat::ChannelsLast).to(type);
}

torch::Tensor leaf(const torch::Tensor& tensor) {
  return tensor.detach().clone().set_requires_grad(true);
}

/// Largest difference relative to the largest value.
double difference(const torch::Tensor& a, const torch::Tensor& b) {
  if (!a.defined() || a.sizes() != b.sizes()) return 1e9;
  const torch::Tensor wanted = b.to(torch::kDouble);
  return ((a.to(torch::kDouble) - wanted).abs().max() / wanted.abs().max()).item<double>();
}

/// bfloat16 rounds by up to 1 in 256; our sums are in float, torch's here in double.
double tolerance(torch::ScalarType type) { return type == torch::kFloat ? 1e-5 : 1.0 / 256; }

struct Size {
  std::int64_t images, height, width;
};

/// Even and odd, one row, one column, one pixel.
const std::vector<Size> sizes{{3, 20, 20}, {2, 7, 9}, {1, 1, 5}, {2, 6, 1}, {1, 1, 1}, {2, 2, 3}};

TEST(DepthwiseConvolution, EqualsTorch) {
  torch::manual_seed(3);
  for (const Size& size : sizes)
    for (const std::int64_t channels : {16, 48})
      for (const int stride : {1, 2})
        for (const auto type : {torch::kFloat, torch::kBFloat16}) {
          SCOPED_TRACE(testing::Message() << size.images << "x" << channels << "x" << size.height
                                          << "x" << size.width << " stride " << stride);
          const torch::Tensor in = map({size.images, channels, size.height, size.width}, type);
          const torch::Tensor weight = torch::randn({channels, 1, 3, 3});
          const torch::Tensor x = leaf(in), w = leaf(weight);
          const torch::Tensor y = depthwise_convolution(x, w, stride);
          const torch::Tensor exact_x = leaf(in.to(torch::kDouble));
          const torch::Tensor exact_w = leaf(weight.to(torch::kDouble));
          const torch::Tensor wanted = torch::conv2d(exact_x, exact_w, {}, stride, 1, 1, channels);
          EXPECT_EQ(y.scalar_type(), type);
          EXPECT_TRUE(y.is_contiguous(torch::MemoryFormat::ChannelsLast));
          EXPECT_LT(difference(y, wanted), tolerance(type));
          const torch::Tensor gradient = map(wanted.sizes(), type);
          y.backward(gradient);
          wanted.backward(gradient.to(torch::kDouble));
          EXPECT_LT(difference(x.grad(), exact_x.grad()), tolerance(type));
          EXPECT_LT(difference(w.grad(), exact_w.grad()), 1e-5);
          EXPECT_EQ(w.grad().scalar_type(), torch::kFloat);
        }
}

TEST(DepthwiseConvolution, IsForWhatItCanCompute) {
  const Layer layer{.name = "d",
                    .inputs = {"input"},
                    .in_channels = 32,
                    .out_channels = 32,
                    .kernel = {3, 3},
                    .padding = {1, 1, 1, 1},
                    .groups = 32};
  const torch::Tensor in = torch::rand({1, 32, 8, 8});
  EXPECT_TRUE(is_fast_depthwise(layer, in));
  EXPECT_FALSE(is_fast_depthwise(layer, in.to(torch::kDouble)));
  const auto with = [&](auto change) {
    Layer other = layer;
    change(other);
    return is_fast_depthwise(other, in);
  };
  EXPECT_TRUE(with([](Layer& l) { l.stride = 2; }));
  EXPECT_FALSE(with([](Layer& l) { l.stride = 3; }));
  EXPECT_FALSE(with([](Layer& l) { l.groups = 1; }));
  EXPECT_FALSE(with([](Layer& l) { l.kernel = {5, 5}; }));
  EXPECT_FALSE(with([](Layer& l) { l.bias = true; }));
  EXPECT_FALSE(with([](Layer& l) { l.dilation = 2; }));
  EXPECT_FALSE(with([](Layer& l) { l.padding.left = 0; }));
  EXPECT_FALSE(with([](Layer& l) { l.pads_same = true; }));
  EXPECT_FALSE(with([](Layer& l) { l.out_channels = 64; }));
  EXPECT_FALSE(with([](Layer& l) { l.in_channels = l.out_channels = l.groups = 24; }));
}

TEST(FirstConvolution, EqualsTorch) {
  torch::manual_seed(4);
  for (const Size& size : sizes)
    for (const std::int64_t channels : {16, 32})
      for (const int stride : {1, 2})
        for (const auto type : {torch::kFloat, torch::kBFloat16}) {
          SCOPED_TRACE(testing::Message() << size.images << "x" << size.height << "x" << size.width
                                          << " to " << channels << " stride " << stride);
          const torch::Tensor in = map({size.images, 3, size.height, size.width}, type);
          const torch::Tensor weight = torch::randn({channels, 3, 3, 3});
          const torch::Tensor w = leaf(weight);
          const torch::Tensor y = first_convolution(in, w, stride);
          const torch::Tensor exact_w = leaf(weight.to(torch::kDouble));
          const torch::Tensor wanted = torch::conv2d(in.to(torch::kDouble), exact_w, {}, stride, 1);
          EXPECT_EQ(y.scalar_type(), type);
          EXPECT_LT(difference(y, wanted), tolerance(type));
          const torch::Tensor gradient = map(wanted.sizes(), type);
          y.backward(gradient);
          wanted.backward(gradient.to(torch::kDouble));
          EXPECT_LT(difference(w.grad(), exact_w.grad()), 1e-5);
        }
}

TEST(FirstConvolution, IsForImagesThatNeedNoGradient) {
  const Layer layer{.name = "c",
                    .inputs = {"input"},
                    .in_channels = 3,
                    .out_channels = 16,
                    .kernel = {3, 3},
                    .stride = 2,
                    .padding = {1, 1, 1, 1}};
  const torch::Tensor in = torch::rand({1, 3, 8, 8});
  EXPECT_TRUE(is_fast_first_convolution(layer, in));
  EXPECT_FALSE(is_fast_first_convolution(layer, torch::rand({1, 3, 8, 8}).set_requires_grad(true)));
  Layer other = layer;
  other.out_channels = 24;
  EXPECT_FALSE(is_fast_first_convolution(other, in));
  other = layer;
  other.padding = {0, 0, 1, 1};
  EXPECT_FALSE(is_fast_first_convolution(other, in));
}

TEST(AddUpsampled, EqualsTorch) {
  torch::manual_seed(5);
  for (const Size& size : sizes)
    for (const std::int64_t channels : {16, 24, 3})
      for (const auto type : {torch::kFloat, torch::kBFloat16}) {
        const torch::Tensor a =
            leaf(map({size.images, channels, 2 * size.height, 2 * size.width}, type));
        const torch::Tensor b = leaf(map({size.images, channels, size.height, size.width}, type));
        const torch::Tensor sum = add_upsampled(a, b);
        const torch::Tensor exact_a = leaf(a.to(torch::kDouble));
        const torch::Tensor exact_b = leaf(b.to(torch::kDouble));
        const torch::Tensor wanted =
            exact_a + torch::upsample_nearest2d(exact_b, {2 * size.height, 2 * size.width});
        EXPECT_EQ(sum.scalar_type(), type);
        EXPECT_LT(difference(sum, wanted), tolerance(type));
        const torch::Tensor gradient = map(wanted.sizes(), type);
        sum.backward(gradient);
        wanted.backward(gradient.to(torch::kDouble));
        EXPECT_LT(difference(a.grad(), exact_a.grad()), tolerance(type));
        EXPECT_LT(difference(b.grad(), exact_b.grad()), tolerance(type));
      }
}

TEST(AddUpsampled, RefusesWhatDoesNotFit) {
  const torch::Tensor coarse = torch::rand({1, 8, 3, 4});
  EXPECT_THROW((void)add_upsampled(torch::rand({1, 8, 6, 7}), coarse), Error);
  EXPECT_THROW((void)add_upsampled(torch::rand({1, 9, 6, 8}), coarse), Error);
  EXPECT_THROW((void)add_upsampled(torch::rand({1, 8, 6, 8}).to(torch::kBFloat16), coarse), Error);
}

}  // namespace
}  // namespace faceshot::training_ops::convolutions_test
