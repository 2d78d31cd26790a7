#include "weights/layout.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "data/test_folder.hpp"

namespace faceshot::weights {
namespace {

WeightArray counting(std::vector<std::int64_t> shape) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) count *= extent;
  std::vector<float> values(static_cast<std::size_t>(count));
  std::iota(values.begin(), values.end(), 0.0F);
  return {std::move(shape), std::move(values)};
}

TEST(Layout, KernelsBecomeOihw) {
  // TensorFlow: kernel[y, x, in, out].
  const int height = 2, width = 3, in = 4, out = 5;
  const WeightArray ours = convert_layout(counting({height, width, in, out}), Layout::keras_kernel);
  EXPECT_EQ(ours.shape, (std::vector<std::int64_t>{out, in, height, width}));
  std::size_t at = 0;
  for (int o = 0; o < out; ++o)
    for (int i = 0; i < in; ++i)
      for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x, ++at)
          ASSERT_EQ(ours.values[at], static_cast<float>(((y * width + x) * in + i) * out + o));
}

TEST(Layout, DepthwiseKernelsBecomeGroups) {
  // TensorFlow: output channel k * multiplier + q is filter[y, x, k, q].
  const int height = 2, width = 3, in = 4, multiplier = 2;
  const WeightArray ours =
      convert_layout(counting({height, width, in, multiplier}), Layout::keras_depthwise);
  EXPECT_EQ(ours.shape, (std::vector<std::int64_t>{in * multiplier, 1, height, width}));
  std::size_t at = 0;
  for (int o = 0; o < in * multiplier; ++o)
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x, ++at)
        ASSERT_EQ(ours.values[at],
                  static_cast<float>(((y * width + x) * in + o / multiplier) * multiplier +
                                     o % multiplier));
}

TEST(Layout, DenseKernelsBecomeRowsOfOutputs) {
  const WeightArray ours = convert_layout(counting({2, 3}), Layout::keras_dense);
  EXPECT_EQ(ours.shape, (std::vector<std::int64_t>{3, 2}));
  EXPECT_EQ(ours.values, (std::vector<float>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(convert_layout(counting({2, 3}), Layout::same).values, counting({2, 3}).values);
  testing::expect_error(ErrorCode::format, "3 dimensions", [] {
    (void)convert_layout(counting({2, 3, 1}), Layout::keras_kernel);
  });
}

TEST(Layout, KerasVariables) {
  const auto member = [](const char* name, std::size_t rank) {
    const auto variable = keras_variable(name, rank);
    return variable ? variable->member : "nothing";
  };
  EXPECT_EQ(member("gamma", 1), "weight");
  EXPECT_EQ(member("beta", 1), "bias");
  EXPECT_EQ(member("moving_mean", 1), "running_mean");
  EXPECT_EQ(member("moving_variance", 1), "running_var");
  EXPECT_EQ(member("kernel", 4), "weight");
  EXPECT_EQ(member("kernel", 5), "nothing");
  EXPECT_EQ(member("momentum", 1), "nothing");
  EXPECT_EQ(keras_variable("kernel", 2)->layout, Layout::keras_dense);
  EXPECT_EQ(keras_variable("depthwise_kernel", 4)->layout, Layout::keras_depthwise);
}

}  // namespace
}  // namespace faceshot::weights
