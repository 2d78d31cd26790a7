#include "detect/tiling/tile_grid.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "geometry/arbitrary.hpp"

namespace faceshot::detect {
namespace {

TEST(TileGrid, OneTileForAnImageThatFits) {
  EXPECT_EQ(tile_grid(640, 481, 640, 640, 0.25), (std::vector<Tile>{{0, 0, 640, 481}}));
}

TEST(TileGrid, AsManyAsTheOverlapDemandsEvenlySpread) {
  // (1600 - 640) / 480 = 2 steps; (1000 - 640) / 480 gives one shorter step.
  EXPECT_EQ(tile_grid(1600, 1000, 640, 640, 0.25), (std::vector<Tile>{{0, 0, 640, 640},
                                                                      {480, 0, 640, 640},
                                                                      {960, 0, 640, 640},
                                                                      {0, 360, 640, 640},
                                                                      {480, 360, 640, 640},
                                                                      {960, 360, 640, 640}}));
  EXPECT_EQ(tile_grid(6000, 4000, 640, 640, 0.25).size(), 13U * 8U);
}

RC_GTEST_PROP(TileGrid, CoversEveryFaceUpToTheOverlapWhole, ()) {
  const int width = *rc::gen::inRange(1, 3001), height = *rc::gen::inRange(1, 3001);
  const int side = 64 + 2 * *rc::gen::inRange(0, 400);
  const double overlap = 0.75 * static_cast<double>(*testing::share());
  const auto tiles = tile_grid(width, height, side, side, overlap);
  for (const Tile& t : tiles) {
    RC_ASSERT(t.x % 2 == 0 && t.y % 2 == 0);
    RC_ASSERT(t.x >= 0 && t.y >= 0);
    RC_ASSERT(t.x + t.width <= width && t.y + t.height <= height);
    // All of the same size, so that one plan is enough; a pixel less at odd borders.
    RC_ASSERT(t.width == std::min(side, width) || (t.width == side - 1 && width % 2 == 1));
    RC_ASSERT(t.height == std::min(side, height) || (t.height == side - 1 && height % 2 == 1));
  }
  const auto face = static_cast<int>(side * overlap);
  const int w = std::min(face, width), h = std::min(face, height);
  for (int k = 0; k < 10; ++k) {
    const int x = *rc::gen::inRange(0, width - w + 1), y = *rc::gen::inRange(0, height - h + 1);
    RC_ASSERT(std::any_of(tiles.begin(), tiles.end(), [&](const Tile& t) {
      return t.x <= x && x + w <= t.x + t.width && t.y <= y && y + h <= t.y + t.height;
    }));
  }
}

TEST(TileGrid, AViewShowsTheTilesPixelsWhereTheyLie) {
  std::vector<std::uint8_t> pixels(40 * 30 * 4), chroma(40 * 30);
  const Tile tile{6, 4, 20, 10};
  for (const PixelFormat format : {PixelFormat::bgr, PixelFormat::rgba, PixelFormat::gray}) {
    const ImageView image{pixels.data(), 40, 30, 160, format};
    const ImageView view = view_of_tile(image, tile);
    EXPECT_EQ(view.data, pixels.data() + 4 * 160 + 6 * bytes_per_pixel(format));
    EXPECT_EQ(view.width, 20);
    EXPECT_EQ(view.height, 10);
    EXPECT_EQ(view.stride, 160);
    EXPECT_EQ(view.format, format);
  }
  ImageView image{pixels.data(), 40, 30, 40, PixelFormat::nv12};
  image.chroma = chroma.data();
  image.chroma_stride = 40;
  const ImageView view = view_of_tile(image, tile);
  EXPECT_EQ(view.data, pixels.data() + 4 * 40 + 6);
  EXPECT_EQ(view.chroma, chroma.data() + 2 * 40 + 6);  // row 2, pair 3

  image.format = PixelFormat::i420;
  image.chroma_red = chroma.data() + 300;
  image.chroma_stride = 20;
  const ImageView planar = view_of_tile(image, tile);
  EXPECT_EQ(planar.chroma, chroma.data() + 2 * 20 + 3);  // row 2, column 3
  EXPECT_EQ(planar.chroma_red, chroma.data() + 300 + 2 * 20 + 3);
}

}  // namespace
}  // namespace faceshot::detect
