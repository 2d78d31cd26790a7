#include "data/stats/set_stats.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace faceshot::data::set_stats_test {
namespace {

PreparedSet example() {
  PreparedSet set;
  set.classes = {"face", "mask"};
  geometry::Annotation face, mask, ignored;
  face.box = {0, 0, 32, 32};  // 16 px where the image is reduced to 640
  face.landmarks.emplace();
  mask.box = {1000, 600, 1280, 720};
  mask.class_id = 1;
  ignored.box = {5, 5, 9, 9};
  ignored.ignore = true;
  set.records = {
      {"a", 1280, 720, {face, mask, ignored}}, {"b", 640, 480, {}}, {"c", 640, 480, {ignored}}};
  return set;
}

std::size_t at(const Histogram& histogram, const std::string& label) {
  for (std::size_t i = 0; i < histogram.labels.size(); ++i)
    if (histogram.labels[i] == label) return histogram.counts[i];
  ADD_FAILURE() << "no range " << label;
  return 0;
}

TEST(SetStats, Counts) {
  const SetStats stats = set_stats(example());
  EXPECT_EQ(stats.images, 3U);
  EXPECT_EQ(stats.images_without_faces, 2U);
  EXPECT_EQ(stats.faces, 2U);
  EXPECT_EQ(stats.ignored, 2U);
  EXPECT_EQ(stats.with_landmarks, 1U);
  EXPECT_EQ(stats.faces_of_class, (std::vector<std::size_t>{1, 1}));
  EXPECT_DOUBLE_EQ(stats.faces_per_image, 2 / 3.0);
  EXPECT_EQ(at(stats.side, "16-32"), 1U);
  EXPECT_EQ(at(stats.side, "64-128"), 1U);
  EXPECT_EQ(at(stats.faces_in_image, "0"), 2U);
  EXPECT_EQ(at(stats.faces_in_image, "2"), 1U);
  EXPECT_EQ(at(stats.aspect, "1-1.2"), 1U);
  EXPECT_EQ(at(stats.aspect, ">1.5"), 1U);
  EXPECT_EQ(stats.positions[0][0], 1U);
  EXPECT_EQ(stats.positions[22][21], 1U);  // 660 / 720 * 24, 1140 / 1280 * 24
  for (const Histogram* h : {&stats.side, &stats.aspect})
    EXPECT_EQ(std::accumulate(h->counts.begin(), h->counts.end(), std::size_t{0}), stats.faces);
}

TEST(SetStats, OfNothing) {
  const SetStats stats = set_stats({});
  EXPECT_EQ(stats.images, 0U);
  EXPECT_EQ(stats.median_side, 0);
  EXPECT_NE(stats_svg("empty", stats).find("</svg>"), std::string::npos);
}

TEST(SetStats, ThePictureEscapesItsTitle) {
  EXPECT_NE(stats_svg("a < b & c", set_stats(example())).find("a &lt; b &amp; c"),
            std::string::npos);
}

}  // namespace
}  // namespace faceshot::data::set_stats_test
