#include "loader/image_cache.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "augment/image_folder.hpp"
#include "faceshot/error.hpp"

namespace faceshot::loader {
namespace {

std::vector<std::filesystem::path> paths_of(const data::PreparedSet& set) {
  std::vector<std::filesystem::path> paths;
  for (const auto& record : set.records) paths.push_back(set.images_dir / record.image);
  return paths;
}

TEST(ImageCache, DecodesOnceAndSharesThePixels) {
  const auto set = test::make_image_folder("cache_once", 3);
  ImageCache cache(paths_of(set), 1 << 20);
  const cv::Mat first = cache.get(1);
  EXPECT_EQ(first.data, cache.get(1).data);
  EXPECT_EQ(cache.bytes_used(), first.total() * 3);
  std::filesystem::remove(cache.path(1));
  EXPECT_EQ(cache.get(1).cols, 82);
}

TEST(ImageCache, KeepsToItsBoundAndKeepsWhatIsIn) {
  const auto set = test::make_image_folder("cache_bound", 8);
  const std::size_t bound = 3 * 80 * 60 * 3;  // room for about three
  ImageCache cache(paths_of(set), bound);
  const cv::Mat first = cache.get(0);
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(cache.get(i).cols, 80 + 2 * static_cast<int>(i));
    EXPECT_LE(cache.bytes_used(), bound);
  }
  EXPECT_GT(cache.bytes_used(), bound / 2);
  EXPECT_EQ(cache.get(0).data, first.data);
  EXPECT_NE(cache.get(7).data, cache.get(7).data);  // no room: decoded each time

  ImageCache none(paths_of(set), 0);
  EXPECT_EQ(none.get(0).cols, 80);
  EXPECT_EQ(none.bytes_used(), 0U);
}

TEST(ImageCache, ManyThreadsGetTheSamePixels) {
  const auto set = test::make_image_folder("cache_threads", 6);
  ImageCache cache(paths_of(set), 1 << 20);
  std::vector<double> sums(4);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < sums.size(); ++t) {
      threads.emplace_back([&, t] {
        for (std::size_t i = 0; i < 60; ++i) sums[t] += cv::sum(cache.get((i + t) % 6))[0];
      });
    }
  }
  for (const double sum : sums) EXPECT_DOUBLE_EQ(sum, sums[0]);
  std::size_t all = 0;
  for (const auto& record : set.records) {
    all += static_cast<std::size_t>(record.width) * static_cast<std::size_t>(record.height) * 3;
  }
  EXPECT_EQ(cache.bytes_used(), all);
}

TEST(ImageCache, MissingImagesAreErrorsEachTime) {
  ImageCache cache({"no/such/image.png"}, 1 << 20);
  EXPECT_THROW((void)cache.get(0), Error);
  EXPECT_THROW((void)cache.get(0), Error);
  EXPECT_EQ(cache.bytes_used(), 0U);
}

}  // namespace
}  // namespace faceshot::loader
