#include "augment/policies/augmented_set.hpp"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

#include "data/test_folder.hpp"
#include "faceshot/error.hpp"
#include "image_folder.hpp"

namespace faceshot::augment {
namespace {

using data::PreparedSet;
using faceshot::testing::read_all;
using faceshot::testing::TestFolder;

AugmentedSetOptions square(int times) {
  AugmentedSetOptions options;
  options.augment.size = 64;
  options.times = times;
  return options;
}

TEST(AugmentedSet, HoldsEverySampleWithItsBoxes) {
  const PreparedSet set = test::make_image_folder("augmented_set", 7);
  const TestFolder folder;
  std::size_t reported = 0;
  write_augmented_set(folder / "out", "train", set, square(3),
                      [&](std::size_t done, std::size_t) { reported = done; });
  EXPECT_EQ(reported, 21U);
  const PreparedSet result = data::read_prepared(folder / "out/train.csv");
  ASSERT_EQ(result.records.size(), 21U);
  for (std::uint32_t i = 0; i < 21; ++i) {
    const geometry::ImageRecord& record = result.records[i];
    const geometry::ImageRecord& original = set.records[i / 3];
    base::Random random(1, i % 3, i / 3);
    const Sample sample = augment(cv::imread((set.images_dir / original.image).string()),
                                  original.annotations, square(1).augment, random);
    EXPECT_EQ(record.annotations.size(), sample.annotations.size());
    EXPECT_EQ(record.width, 64);
    const cv::Mat stored = cv::imread((result.images_dir / record.image).string());
    // Of this noise JPEG keeps little more than the brightness.
    EXPECT_LT(cv::norm(cv::mean(stored) - cv::mean(sample.image)), 6);
  }
}

TEST(AugmentedSet, ThreadsChangeNothing) {
  const PreparedSet set = test::make_image_folder("augmented_threads", 9);
  const TestFolder folder;
  auto options = square(2);
  write_augmented_set(folder / "one", "train", set, options);
  options.threads = 3;
  write_augmented_set(folder / "three", "train", set, options);
  EXPECT_EQ(read_all(folder / "one/train.csv"), read_all(folder / "three/train.csv"));
  for (const auto& record : data::read_prepared(folder / "one/train.csv").records)
    EXPECT_EQ(read_all(folder / "one/images" / record.image),
              read_all(folder / "three/images" / record.image));
}

TEST(AugmentedSet, FailuresLeaveNothing) {
  PreparedSet set = test::make_image_folder("augmented_failures", 3);
  set.records[1].image = "missing.png";
  const TestFolder folder;
  EXPECT_THROW(write_augmented_set(folder / "out", "train", set, square(1)), Error);
  EXPECT_THROW(write_augmented_npz(folder / "out.npz", set, square(1)), Error);
  EXPECT_TRUE(folder.list().empty());
  EXPECT_THROW(write_augmented_set(folder / "out", "train", set, square(0)), Error);
}

}  // namespace
}  // namespace faceshot::augment
