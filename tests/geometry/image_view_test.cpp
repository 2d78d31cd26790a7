#include "faceshot/image_view.hpp"

#include <gtest/gtest.h>

#include <array>

namespace faceshot::geometry {
namespace {

TEST(ImageView, BytesPerPixel) {
  EXPECT_EQ(bytes_per_pixel(PixelFormat::gray), 1);
  EXPECT_EQ(bytes_per_pixel(PixelFormat::nv12), 1);  // of luma
  EXPECT_EQ(bytes_per_pixel(PixelFormat::i420), 1);
  EXPECT_EQ(bytes_per_pixel(PixelFormat::bgr), 3);
  EXPECT_EQ(bytes_per_pixel(PixelFormat::rgb), 3);
  EXPECT_EQ(bytes_per_pixel(PixelFormat::bgra), 4);
  EXPECT_EQ(bytes_per_pixel(PixelFormat::rgba), 4);
}

TEST(ImageView, EmptyWithoutPixelsOrSize) {
  const std::array<std::uint8_t, 3> pixel{};
  EXPECT_TRUE(ImageView{}.empty());
  EXPECT_TRUE((ImageView{nullptr, 1, 1, 3}).empty());
  EXPECT_TRUE((ImageView{pixel.data(), 0, 1, 3}).empty());
  EXPECT_TRUE((ImageView{pixel.data(), 1, -1, 3}).empty());
  EXPECT_FALSE((ImageView{pixel.data(), 1, 1, 3}).empty());
  EXPECT_TRUE((ImageView{pixel.data(), 1, 1, 1, PixelFormat::nv12}).empty()) << "no chroma";
  EXPECT_FALSE((ImageView{pixel.data(), 1, 1, 1, PixelFormat::nv12, pixel.data() + 1, 2}).empty());
  EXPECT_TRUE((ImageView{pixel.data(), 1, 1, 1, PixelFormat::i420, pixel.data() + 1, 1}).empty())
      << "one chroma";
}

TEST(ImageView, RowsFollowTheStride) {
  const std::array<std::uint8_t, 12> pixels{};
  const ImageView padded{pixels.data(), 1, 3, 4};  // one byte of padding per row
  EXPECT_EQ(padded.row(0), pixels.data());
  EXPECT_EQ(padded.row(2), pixels.data() + 8);
  const ImageView upside_down{pixels.data() + 8, 1, 3, -4};  // as in BMP files
  EXPECT_EQ(upside_down.row(2), pixels.data());
}

}  // namespace
}  // namespace faceshot::geometry
