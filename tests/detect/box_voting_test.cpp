#include "detect/heads/box_voting.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"
#include "detect/heads/finish_detections.hpp"

namespace faceshot::detect {
namespace {

constexpr InputSource whole_input{{320, 320, 320, 320}, 320, 320};

std::vector<Detection> voted(const std::vector<Detection>& candidates, float threshold) {
  FinishBuffers buffers;
  std::vector<Detection> found;
  finish_detections(candidates, whole_input, {0, 0, 320, 320}, std::span(&threshold, 1),
                    {.box_voting = true}, buffers, found);
  return found;
}

TEST(BoxVoting, ALoneBoxStaysWhereItIsAndIsBelievedLess) {
  const auto found = voted({{{10, 20, 40, 60}, 0.8F, 0, {}}}, 0.5F);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].box, (Box{10, 20, 40, 60}));
  EXPECT_NEAR(found[0].score, 0.8 * 0.8 / (0.8 + 0.2), 1e-6);
}

TEST(BoxVoting, NeighboursMoveItByTheSquaresOfTheirScores) {
  Landmarks here{}, there{};
  here.fill({20, 20});
  there.fill({25, 25});
  // The third overlaps too little to be the same face, the score of the fourth is too low to vote.
  const auto found = voted({{{10, 10, 50, 50}, 0.9F, 0, here},
                            {{14, 10, 54, 50}, 0.6F, 0, there},
                            {{40, 10, 80, 50}, 0.7F, 0, {}},
                            {{12, 12, 52, 52}, 0.2F, 0, {}}},
                           0.1F);
  ASSERT_EQ(found.size(), 2U);
  const double share = 0.36 / (0.81 + 0.36);
  EXPECT_NEAR(found[0].box.x1, 10 + 4 * share, 1e-5);
  EXPECT_NEAR(found[0].box.y1, 10, 1e-5);
  EXPECT_NEAR(found[0].score, 0.9 * 1.5 / 1.7, 1e-6);
  ASSERT_TRUE(found[0].landmarks);
  EXPECT_NEAR((*found[0].landmarks)[1].y, 20 + 5 * share, 1e-5);
}

/// What a high threshold shows is what a low one shows, minus the low scores.
TEST(BoxVoting, DoesNotDependOnTheThreshold) {
  base::Random random(3);
  std::size_t compared = 0;
  for (int round = 0; round < 100; ++round) {
    std::vector<Detection> all;
    for (int i = 0; i < 150; ++i) {
      const float x = random.uniform(0, 200), y = random.uniform(0, 200);
      const float side = random.uniform(40, 100);
      all.push_back({{x, y, x + side, y + side}, random.uniform(0.01F, 1), 0, {}});
    }
    const float low = 0.04F, high = random.uniform(0.3F, 0.7F);
    const auto decoded_to = [&](float score) {
      std::vector<Detection> part;
      for (const Detection& d : all)
        if (d.score >= Finish{.box_voting = true}.candidate_score(score)) part.push_back(d);
      return part;
    };
    auto wanted = voted(decoded_to(low), low);
    std::erase_if(wanted, [&](const Detection& d) { return d.score < high; });
    const auto found = voted(decoded_to(high), high);
    ASSERT_EQ(found.size(), wanted.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].box, wanted[i].box);
      EXPECT_EQ(found[i].score, wanted[i].score);
    }
    compared += found.size();
  }
  EXPECT_GT(compared, 500U);
}

}  // namespace
}  // namespace faceshot::detect
