#include "detect/tiling/merge_tiles.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/random.hpp"

namespace faceshot::detect {
namespace {

constexpr int width = 1600, height = 1000;
constexpr float overlap = 160;

std::vector<TileDetections> passes_of(std::vector<Detection> whole, std::vector<Detection> left,
                                      std::vector<Detection> right) {
  return {{{0, 0, width, height}, std::move(whole)},
          {{0, 0, 640, 640}, std::move(left)},
          {{480, 0, 640, 640}, std::move(right)}};
}

std::vector<Box> merged(const std::vector<TileDetections>& passes, std::size_t keep_top = 0) {
  std::vector<Box> boxes;
  for (const Detection& d : merge_tiles(passes, width, height, overlap, 0.45F, keep_top))
    boxes.push_back(d.box);
  return boxes;
}

using Boxes = std::vector<Box>;

TEST(MergeTiles, AFaceThatTwoTilesSeeIsOne) {
  const Box better{520, 100, 600, 200}, worse{524, 104, 600, 205};
  EXPECT_EQ(merged(passes_of({}, {{worse, 0.8F}}, {{better, 0.9F}})), Boxes{better});
}

TEST(MergeTiles, ACutBoxGivesWayWhateverItsScore) {
  const Box cut{600, 100, 640, 200}, whole{600, 100, 680, 200};
  EXPECT_EQ(merged(passes_of({}, {{cut, 0.99F}}, {{whole, 0.8F}})), Boxes{whole});
}

TEST(MergeTiles, AGuessAtACutFaceGivesWayThoughItLiesBesideIt) {
  // From a real network: the right tile sees the right half of the face and predicts it too wide.
  const Box face{449, 100, 507, 190}, guess{484, 88, 532, 177};  // 0.41 of it lies in the face
  EXPECT_EQ(merged(passes_of({}, {{face, 0.9F}}, {{guess, 0.95F}})), Boxes{face});
}

TEST(MergeTiles, ACutBoxStaysWhereNothingElseIs) {
  const Box cut{600, 100, 640, 200};
  EXPECT_EQ(merged(passes_of({}, {{cut, 0.9F}}, {})), Boxes{cut});
}

TEST(MergeTiles, TheImagesOwnBordersDoNotCut) {
  const Box at_border{0, 0, 80, 100}, inside{30, 20, 110, 120};  // IoU 0.33, 0.5 contained
  EXPECT_EQ(merged(passes_of({{inside, 0.8F}}, {{at_border, 0.9F}}, {})),
            (Boxes{at_border, inside}));
}

TEST(MergeTiles, LargeFacesAreTheWholePhotographs) {
  const Box in_tile{100, 100, 400, 420}, whole{110, 90, 420, 440};
  EXPECT_EQ(merged(passes_of({{whole, 0.8F}}, {{in_tile, 0.99F}}, {})), Boxes{whole});
}

TEST(MergeTiles, ASmallerBoxInsideALargerIsTheSameFace) {
  const Box face{500, 50, 600, 180}, part{520, 70, 560, 120};
  EXPECT_EQ(merged(passes_of({}, {{face, 0.9F}}, {{part, 0.8F}})), Boxes{face});
}

TEST(MergeTiles, NeighboursThatOnePassToldApartStay) {
  // 0.75 of the smaller one lies in the larger: a box of another pass would be dropped.
  const Box front{100, 100, 180, 200}, behind{120, 80, 160, 140};
  EXPECT_EQ(merged(passes_of({}, {{front, 0.9F}, {behind, 0.8F}}, {})), (Boxes{front, behind}));
}

TEST(MergeTiles, ClassesAreApart) {
  const Box box{520, 100, 600, 200};
  EXPECT_EQ(merged(passes_of({}, {{box, 0.9F, 0}}, {{box, 0.8F, 1}})).size(), 2U);
}

TEST(MergeTiles, SortsAllByScoreAndKeepsTheTop) {
  const Box cut{600, 500, 639, 560}, a{100, 100, 150, 160}, b{800, 100, 850, 160};
  const auto passes = passes_of({}, {{cut, 0.95F}, {a, 0.7F}}, {{b, 0.9F}});
  EXPECT_EQ(merged(passes), (Boxes{cut, b, a}));
  EXPECT_EQ(merged(passes, 2), (Boxes{cut, b}));
}

/// What a good detector would find: faces of which a tile shows two fifths or more, cut to the
/// tile; every side a little off, within rule 1; scores at random.
TileDetections seen(const Tile& tile, const Boxes& faces, float smallest, base::Random& random) {
  TileDetections pass{tile, {}};
  const Box area{static_cast<float>(tile.x), static_cast<float>(tile.y),
                 static_cast<float>(tile.x + tile.width), static_cast<float>(tile.y + tile.height)};
  for (const Box& face : faces) {
    if (face.width() < smallest || coverage(face, area) < 0.4F) continue;
    const float off = 0.03F * face.width();
    Box box = intersect(face, area);
    for (float* side : {&box.x1, &box.y1, &box.x2, &box.y2})
      *side += off * (2 * random.uniform() - 1);
    pass.found.push_back({box, 0.5F + 0.5F * random.uniform()});
  }
  return pass;
}

TEST(MergeTiles, AFaceAnywhereIsFoundOnce) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    base::Random random(seed);
    Boxes faces;
    for (int k = 0; k < 400 && faces.size() < 40; ++k) {
      const float side = seed % 4 == 0 ? random.uniform(200, 900) : random.uniform(20, 200);
      const float x = random.uniform(0, 3000 - side), y = random.uniform(0, 2000 - side);
      const Box face{x, y, x + side, y + side};
      if (std::none_of(faces.begin(), faces.end(),
                       [&](const Box& f) { return intersect(f, face).valid(); }))
        faces.push_back(face);
    }
    std::vector<TileDetections> passes{seen({0, 0, 3000, 2000}, faces, 60, random)};
    for (const Tile& tile : tile_grid(3000, 2000, 640, 640, 0.25))
      passes.push_back(seen(tile, faces, 10, random));
    const auto found = merge_tiles(passes, 3000, 2000, overlap, 0.45F, 0);
    EXPECT_EQ(found.size(), faces.size()) << "seed " << seed;
    for (const Box& face : faces)
      EXPECT_EQ(std::count_if(found.begin(), found.end(),
                              [&](const Detection& d) { return iou(d.box, face) > 0.7F; }),
                1)
          << "seed " << seed << ": " << face.x1 << ", " << face.y1 << ", side " << face.width();
  }
}

}  // namespace
}  // namespace faceshot::detect
