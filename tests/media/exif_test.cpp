#include "media/photographs/exif.hpp"

#include <gtest/gtest.h>

#include "media/image_fixtures.hpp"

namespace faceshot::media {
namespace {

using test::Bytes;
using test::make_tiff;

TEST(Exif, ReadsEveryOrientationInBothByteOrders) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    EXPECT_EQ(exif_orientation(make_tiff(orientation, true)), orientation);
    EXPECT_EQ(exif_orientation(make_tiff(orientation, false)), orientation);
  }
}

TEST(Exif, TakesAValueOutsideTheStandardAsUpright) {
  EXPECT_EQ(exif_orientation(make_tiff(0, true)), 1);
  EXPECT_EQ(exif_orientation(make_tiff(9, true)), 1);
}

TEST(Exif, TakesABlockCutOffAnywhereAsUpright) {
  const Bytes tiff = make_tiff(6, true);
  const std::size_t value_ends = 20;
  for (std::size_t length = 0; length < value_ends; ++length)
    EXPECT_EQ(exif_orientation(std::span(tiff).first(length)), 1) << length;
  EXPECT_EQ(exif_orientation(std::span(tiff).first(value_ends)), 6);
}

TEST(Exif, TakesADirectoryBeyondTheEndAsUpright) {
  Bytes tiff = make_tiff(6, true);
  for (std::size_t i = 4; i < 8; ++i) tiff[i] = 0xFF;
  EXPECT_EQ(exif_orientation(tiff), 1);
}

TEST(Exif, KnowsWhichOrientationsSwapSides) {
  for (const int orientation : {1, 2, 3, 4}) EXPECT_FALSE(swaps_sides(orientation));
  for (const int orientation : {5, 6, 7, 8}) EXPECT_TRUE(swaps_sides(orientation));
}

}  // namespace
}  // namespace faceshot::media
