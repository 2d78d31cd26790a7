#include "loader/balance.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "faceshot/error.hpp"
#include "loader/sample_order.hpp"

namespace faceshot::loader {
namespace {

/// A set of images with a box of each of these classes; none for an empty list.
data::PreparedSet set_of(const std::vector<std::vector<int>>& images) {
  data::PreparedSet set;
  for (const std::vector<int>& classes : images) {
    geometry::ImageRecord& record = set.records.emplace_back();
    for (const int id : classes) record.annotations.emplace_back().class_id = id;
  }
  return set;
}

// LVIS, section 4.2: r_c = max(1, sqrt(t / f_c)), an image's factor the largest of its classes'.
TEST(Balance, RepeatsImagesOfRareClasses) {
  std::vector<std::vector<int>> images(100, {0});
  images[7] = {0, 1};  // class 1 is in 1 of 100 images
  images.push_back({});
  const auto decks = balanced_decks({set_of(images), set_of({{0}})}, 0.25F);
  ASSERT_EQ(decks.size(), 2U);
  EXPECT_EQ(std::count(decks[0].begin(), decks[0].end(), 7U), 5);  // sqrt(0.25 * 101) = 5.02
  EXPECT_EQ(decks[0].size(), 105U);
  EXPECT_EQ(decks[1], std::vector<std::uint32_t>{101});
}

TEST(Balance, ChangesNothingWhereItIsOffOrNothingIsRare) {
  const std::vector<data::PreparedSet> sets{set_of({{0}, {1}, {0, 1}, {}})};
  for (const float rare : {0.0F, 0.5F})
    EXPECT_EQ(balanced_decks(sets, rare), (std::vector<std::vector<std::uint32_t>>{{0, 1, 2, 3}}));
  EXPECT_THROW((void)balanced_decks(sets, 1.5F), Error);
}

TEST(Balance, ARepeatedRecordComesAsOftenInEveryRound) {
  const SampleOrder order = SampleOrder::of_decks({{0, 1, 1, 1}, {2}}, {}, 3);
  ASSERT_EQ(order.round_size(), 5U);
  for (std::uint32_t epoch = 0; epoch < 3; ++epoch) {
    const auto seen = order.epoch(epoch, 5);
    EXPECT_EQ(std::count(seen.begin(), seen.end(), 1U), 3);
    EXPECT_EQ(std::count(seen.begin(), seen.end(), 2U), 1);
  }
}

}  // namespace
}  // namespace faceshot::loader
