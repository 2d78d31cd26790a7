#include "detect/heads/decoder.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/random.hpp"
#include "faceshot/box_coding.hpp"
#include "geometry/coordinates.hpp"

namespace faceshot::detect {
namespace {

constexpr std::array<float, 4> variances{0.1F, 0.1F, 0.2F, 0.2F};

std::vector<Detection> decode_all(const std::vector<float>& loc, const std::vector<float>& conf,
                                  const std::vector<Prior>& priors, std::size_t classes,
                                  float threshold, std::size_t keep_top = 0) {
  std::vector<Detection> found{{{9, 9, 9, 9}, 9, 9}};  // left over from an earlier call
  decode_detections(loc.data(), conf.data(), nullptr, priors, variances, classes, threshold,
                    keep_top, found);
  return found;
}

TEST(Decoder, DecodesByHand) {
  // Centre 100 + 1 * 0.1 * 20 = 102, 50 - 2 * 0.1 * 10 = 48; size 20 * e^(0.2 * 5 ln 2) = 40,
  // 10 * e^0 = 10. Score: e^ln 3 / (e^ln 3 + e^0) = 3 / 4.
  const std::vector<float> loc{1, -2, 5 * std::log(2.0F), 0};
  const auto found = decode_all(loc, {0, std::log(3.0F)}, {{100, 50, 20, 10}}, 1, 0.5F);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NEAR(found[0].box.x1, 82, 1e-4);
  EXPECT_NEAR(found[0].box.y1, 43, 1e-4);
  EXPECT_NEAR(found[0].box.x2, 122, 1e-4);
  EXPECT_NEAR(found[0].box.y2, 53, 1e-4);
  EXPECT_NEAR(found[0].score, 0.75, 1e-6);
  EXPECT_EQ(found[0].label, 0);
}

TEST(Decoder, KeepsTheOrderOfPriorsAndDropsWhatIsBelow) {
  // Scores 1/4, 3/4, 9/10: differences -ln 3, ln 3, ln 9, around any common level.
  const float ln3 = std::log(3.0F);
  const std::vector<float> conf{5, 5 - ln3, -7, -7 + ln3, 0, 2 * ln3};
  const std::vector<Prior> priors{{10, 10, 4, 4}, {20, 20, 4, 4}, {30, 30, 4, 4}};
  const std::vector<float> loc(12, 0.0F);
  const auto found = decode_all(loc, conf, priors, 1, 0.5F);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].box, (Box{18, 18, 22, 22}));
  EXPECT_EQ(found[1].box, (Box{28, 28, 32, 32}));
  EXPECT_NEAR(found[1].score, 0.9, 1e-6);
  EXPECT_EQ(decode_all(loc, conf, priors, 1, 0.8F).size(), 1U);
  EXPECT_EQ(decode_all(loc, conf, priors, 1, 0.2F).size(), 3U);
  EXPECT_EQ(decode_all(loc, conf, priors, 1, 0.95F).size(), 0U);
}

TEST(Decoder, SeveralClassesShareOneSoftmax) {
  // e^logits 1 (background), 2, 5: scores 2/8 and 5/8.
  const std::vector<float> conf{0, std::log(2.0F), std::log(5.0F)};
  const std::vector<float> loc(4, 0.0F);
  const auto both = decode_all(loc, conf, {{10, 10, 4, 4}}, 2, 0.2F);
  ASSERT_EQ(both.size(), 2U);
  EXPECT_NEAR(both[0].score, 0.25, 1e-6);
  EXPECT_EQ(both[0].label, 0);
  EXPECT_NEAR(both[1].score, 0.625, 1e-6);
  EXPECT_EQ(both[1].label, 1);
  EXPECT_EQ(decode_all(loc, conf, {{10, 10, 4, 4}}, 2, 0.5F).size(), 1U);
}

TEST(Decoder, OneClassIsSoftmaxOverTwoLogits) {
  base::Random random(7);
  for (int i = 0; i < 2000; ++i) {
    const float a = 8 * random.normal();
    const float b = 8 * random.normal();
    const float threshold = random.uniform(0.01F, 0.99F);
    const double score = std::exp(double{b}) / (std::exp(double{a}) + std::exp(double{b}));
    if (std::abs(score - double{threshold}) < 1e-5) continue;
    const auto found = decode_all({0, 0, 0, 0}, {a, b}, {{10, 10, 4, 4}}, 1, threshold);
    ASSERT_EQ(found.size(), score >= double{threshold} ? 1U : 0U) << score << " " << threshold;
    if (!found.empty()) {
      ASSERT_NEAR(found[0].score, score, 1e-6);
    }
  }
}

TEST(Decoder, ExtremeLogitsGiveScoresAndNotNaN) {
  const std::vector<float> loc(4, 0.0F);
  const auto sure = decode_all(loc, {-1e30F, 1e30F}, {{10, 10, 4, 4}}, 1, 0.5F);
  ASSERT_EQ(sure.size(), 1U);
  EXPECT_EQ(sure[0].score, 1.0F);
  EXPECT_TRUE(decode_all(loc, {1e30F, -1e30F}, {{10, 10, 4, 4}}, 1, 0.5F).empty());
  const auto one_of_two = decode_all(loc, {-500, 900, 100}, {{10, 10, 4, 4}}, 2, 0.5F);
  ASSERT_EQ(one_of_two.size(), 1U);
  EXPECT_EQ(one_of_two[0].score, 1.0F);
}

TEST(Decoder, DropsWhatIsNotANumber) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(decode_all({0, nan, 0, 0}, {0, 9}, {{10, 10, 4, 4}}, 1, 0.5F).empty());
  EXPECT_TRUE(decode_all({0, 0, 0, 0}, {0, nan}, {{10, 10, 4, 4}}, 1, 0.5F).empty());
  EXPECT_TRUE(decode_all({0, 0, 0, 0}, {0, nan, 1}, {{10, 10, 4, 4}}, 2, 0.1F).empty());
}

TEST(Decoder, BoundsTheCandidatesByScore) {
  std::vector<Prior> priors;
  std::vector<float> conf;
  for (int i = 0; i < 100; ++i) {
    priors.push_back({10.0F * static_cast<float>(i), 10, 4, 4});
    conf.insert(conf.end(), {0, 1 + 0.01F * static_cast<float>(i / 2)});  // pairs tie
  }
  const std::vector<float> loc(400, 0.0F);
  const auto found = decode_all(loc, conf, priors, 1, 0.5F, 3);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].box.center_x(), 980);  // of two equal scores the earlier prior comes first
  EXPECT_EQ(found[1].box.center_x(), 990);
  EXPECT_EQ(found[2].box.center_x(), 960);
}

TEST(Decoder, DecodesTheLandmarksOfItsPriorByHand) {
  // The last two of three priors pass. Centre (100, 50), 20 x 10, variances 0.1: an offset of 1 is
  // 2 px across and 1 px down.
  const std::vector<Prior> priors{{5, 5, 4, 4}, {100, 50, 20, 10}, {30, 30, 10, 10}};
  const std::vector<float> conf{9, 0, 0, 9, 0, 9};
  const std::vector<float> loc(12, 0.0F);
  std::vector<float> offsets(30, 0.0F);
  for (std::size_t k = 0; k < 10; ++k) offsets[10 + k] = static_cast<float>(k);
  offsets[27] = std::numeric_limits<float>::quiet_NaN();
  std::vector<Detection> found;
  decode_detections(loc.data(), conf.data(), offsets.data(), priors, variances, 1, 0.5F, 0, found);
  ASSERT_EQ(found.size(), 2U);
  ASSERT_TRUE(found[0].landmarks);
  const Landmarks wanted{100, 51, 104, 53, 108, 55, 112, 57, 116, 59};
  for (std::size_t k = 0; k < 10; ++k)
    EXPECT_NEAR(testing::coordinate(*found[0].landmarks, k), testing::coordinate(wanted, k), 1e-4);
  EXPECT_FALSE(found[1].landmarks) << "a face whose points are no numbers keeps its box alone";
}

TEST(Decoder, InvertsTheCodingOfTraining) {
  base::Random random(11);
  for (int i = 0; i < 500; ++i) {
    const Prior prior{random.uniform(0, 320), random.uniform(0, 320), random.uniform(8, 200),
                      random.uniform(8, 200)};
    const float x = random.uniform(0, 300);
    const float y = random.uniform(0, 300);
    const Box box{x, y, x + random.uniform(4, 250), y + random.uniform(4, 250)};
    const BoxOffsets o = encode(box, prior, variances);
    const auto found = decode_all({o[0], o[1], o[2], o[3]}, {0, 5}, {prior}, 1, 0.5F);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NEAR(found[0].box.x1, box.x1, 0.01);
    EXPECT_NEAR(found[0].box.y1, box.y1, 0.01);
    EXPECT_NEAR(found[0].box.x2, box.x2, 0.01);
    EXPECT_NEAR(found[0].box.y2, box.y2, 0.01);
  }
}

}  // namespace
}  // namespace faceshot::detect
