// The network's input pixels against the formula.
#include "train/config/input.hpp"

#include <gtest/gtest.h>

namespace faceshot::train {
namespace {

TEST(MakeInput, IsTheFormulaForEveryPixelAndChannel) {
  // 7 x 5 pixels: not a multiple of any vector's length.
  constexpr int count = 2, height = 5, width = 7;
  std::vector<std::uint8_t> pixels(count * height * width * 3);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * 37);
  pixels[0] = 255;
  for (const PixelFormat order : {PixelFormat::bgr, PixelFormat::rgb})
    for (const char* const precision : {"fp32", "bf16"}) {
      const network::InputSpec spec{
          .order = order, .mean = {104, 117.5F, 123}, .scale = {1, 0.5F, 0.017F}};
      const torch::Tensor got = make_input(pixels.data(), count, height, width, spec, precision);
      ASSERT_EQ(got.sizes(), torch::IntArrayRef({count, 3, height, width}));
      EXPECT_TRUE(got.is_contiguous(torch::MemoryFormat::ChannelsLast));
      EXPECT_EQ(got.scalar_type(),
                std::string(precision) == "bf16" ? torch::kBFloat16 : torch::kFloat);
      const torch::Tensor values = got.to(torch::kFloat);
      std::size_t at = 0;
      for (int n = 0; n < count; ++n)
        for (int y = 0; y < height; ++y)
          for (int x = 0; x < width; ++x)
            for (int c = 0; c < 3; ++c, ++at) {
              const int channel = order == PixelFormat::rgb ? 2 - c : c;
              const auto k = static_cast<std::size_t>(channel);
              const float wanted = (static_cast<float>(pixels[at]) - spec.mean[k]) * spec.scale[k];
              const float rounding =
                  std::string(precision) == "bf16" ? std::abs(wanted) / 256 : 1e-5F;
              EXPECT_NEAR(values[n][channel][y][x].item<float>(), wanted, rounding + 1e-6F);
            }
    }
}

}  // namespace
}  // namespace faceshot::train
