#include "data/check/image_hash.hpp"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "base/random.hpp"

namespace faceshot::data {
namespace {

/// Smooth shapes, as in photographs.
cv::Mat picture(std::uint32_t seed) {
  cv::Mat noise(12, 16, CV_8UC3), image;
  base::Random random(seed);
  for (auto* p = noise.data; p != noise.dataend; ++p)
    *p = static_cast<unsigned char>(random.below(256));
  cv::resize(noise, image, {320, 240}, 0, 0, cv::INTER_CUBIC);
  return image;
}

TEST(DifferenceHash, SurvivesScalingCompressionAndBrightness) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const cv::Mat image = picture(seed);
    cv::Mat changed;
    cv::resize(image, changed, {}, 0.6, 0.6, cv::INTER_AREA);
    std::vector<std::uint8_t> jpeg;
    cv::imencode(".jpg", changed, jpeg, {cv::IMWRITE_JPEG_QUALITY, 70});
    changed = cv::imdecode(jpeg, cv::IMREAD_COLOR);
    changed.convertTo(changed, CV_8U, 0.9, 10);
    EXPECT_LE(hash_distance(difference_hash(image), difference_hash(changed)), 3) << seed;
    EXPECT_GT(hash_distance(difference_hash(image), difference_hash(picture(seed + 100))), 8);
  }
}

TEST(NearPairs, AreAllPairsWithinThreeBits) {
  std::vector<std::uint64_t> hashes;
  base::Random random(5);
  const auto bits = [&] {
    return std::uint64_t{random.below(0xFFFFFFFF)} << 32 | random.below(0xFFFFFFFF);
  };
  for (int i = 0; i < 200; ++i) {
    hashes.push_back(bits());
    for (std::uint32_t n = random.below(6), k = 0; k < n; ++k)
      hashes.push_back(hashes.back() ^ (std::uint64_t{1} << random.below(64)));
  }
  hashes.insert(hashes.end(), {0, 0});  // flat images
  std::vector<std::pair<std::size_t, std::size_t>> wanted;
  for (std::size_t i = 0; i < hashes.size(); ++i)
    for (std::size_t j = i + 1; j < hashes.size(); ++j)
      if (hashes[i] != 0 && hash_distance(hashes[i], hashes[j]) <= 3) wanted.emplace_back(i, j);
  EXPECT_EQ(near_pairs(hashes), wanted);
  EXPECT_GT(wanted.size(), 200U);
}

TEST(ContentHash, IsFnv1a) {
  // Published test vectors of FNV-1a, 64 bits.
  const auto of = [](std::string_view text) {
    return content_hash({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  };
  EXPECT_EQ(of(""), 0xcbf29ce484222325U);
  EXPECT_EQ(of("a"), 0xaf63dc4c8601ec8cU);
  EXPECT_EQ(of("foobar"), 0x85944171f73967e8U);
}

}  // namespace
}  // namespace faceshot::data
