#include "augment/policies/policy.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>
#include <string>

#include "augment/pixels/canvas.hpp"
#include "augment/policies/augmenter.hpp"
#include "faceshot/error.hpp"

namespace faceshot::augment {
namespace {

/// The policy that the README shows.
constexpr const char* example = R"(
[[augment.policy]]
op = "sequential"
steps = [ {op="fliplr", p=0.5}, {op="flipud", p=0.0},
          {op="one_of", steps=[ {op="affine", scale=[0.9,1.1]}, {op="affine", shear=[-10,10]},
                                {op="affine", translate=[-0.1,0.1]} ]},
          {op="ssd_crop", min_iou=[0.1,0.3,0.5,0.7,0.9]},
          {op="photometric", brightness=32, contrast=[0.5,1.5], saturation=[0.5,1.5], hue=18} ]
)";

void expect_refused(const std::string& toml, const std::string& message) {
  try {
    (void)parse_policy(toml, "p.toml");
    ADD_FAILURE() << "accepted: " << toml;
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::invalid_argument);
    EXPECT_NE(std::string(e.what()).find(message), std::string::npos) << e.what();
  }
}

TEST(Policy, ReadsSteps) {
  const Policy policy = parse_policy(example, "p.toml");
  ASSERT_EQ(policy.size(), 1U);
  ASSERT_EQ(policy[0].steps.size(), 5U);
  EXPECT_EQ(policy[0].steps[0].chance, 0.5F);
  EXPECT_EQ(policy[0].steps[2].steps.size(), 3U);
  EXPECT_EQ(policy[0].steps[2].steps[0]["scale"], Parameter(0.9F, 1.1F));
  EXPECT_EQ(policy[0].steps[3]["min_iou"], Parameter::choice({0.1F, 0.3F, 0.5F, 0.7F, 0.9F}));
  EXPECT_EQ(policy[0].steps[4]["brightness"], Parameter(-32, 32)) << "plus or minus";
  EXPECT_EQ(policy[0].steps[4]["each"], Parameter(0.5F)) << "the default";
}

TEST(Policy, ReadsNumbersRangesAndChoices) {
  const auto scale = [](const std::string& value) {
    return parse_policy("policy = [{op = 'affine', scale = " + value + "}]", "p.toml")[0]["scale"];
  };
  EXPECT_EQ(scale("2"), Parameter(2));
  EXPECT_EQ(scale("[0.5, 2]"), Parameter(0.5F, 2));
  EXPECT_EQ(scale("[0.5, 1, 2]"), Parameter::choice({0.5F, 1, 2}));
  EXPECT_EQ(scale("{choice = [0.5, 2]}"), Parameter::choice({0.5F, 2}));
}

TEST(Policy, AffineDoesWhatIsGivenAndElseADefault) {
  const auto step = [](const std::string& toml) {
    return parse_policy("policy = [" + toml + "]", "p")[0];
  };
  const Step sheared = step("{op = 'affine', shear = 5}");
  EXPECT_EQ(sheared["shear"], Parameter(-5, 5));
  EXPECT_EQ(sheared["rotate"], Parameter(0));
  EXPECT_EQ(sheared["scale"], Parameter(1));
  EXPECT_EQ(step("{op = 'affine', p = 0.5}")["rotate"], Parameter(-10, 10));
}

TEST(Policy, WritesWhatItReadsBack) {
  Policy all = parse_policy(example, "p.toml");
  for (const auto& name : preset_names())
    all.insert(all.end(), preset_policy(name).begin(), preset_policy(name).end());
  for (const auto& info : operations()) all.emplace_back(info);
  EXPECT_EQ(parse_policy("policy = " + to_toml(all), "again"), all);
}

TEST(Policy, MistakesNameFileLineAndTheNearestName) {
  expect_refused("[[policy]]\nop = \"flplr\"\n",
                 "p.toml:2: unknown op 'flplr'; did you mean 'fliplr'?");
  expect_refused(
      "[[augment.policy]]\nop = \"sequential\"\nsteps = [\n  {op = \"affine\", sheer = 5}]\n",
      "p.toml:4: op 'affine' has no parameter 'sheer'; did you mean 'shear'?");
  expect_refused("policy = [{op = 'fliplr', p = 1.5}]",
                 "p.toml:1: p = 1.5 is out of range: 0 to 1");
  expect_refused("policy = [{op = 'affine', scale = 'big'}]", "scale must be a number");
  expect_refused("policy = [{op = 'affine', scale = [2, 1]}]", "low <= high");
  expect_refused("policy = [{op = 'affine', scale = []}]", "must be a list");
  expect_refused("policy = [{op = 'affine', scale = {choose = [1, 2]}}]", "{choice = [a, b, ...]}");
  expect_refused("policy = [{op = 'affine', rotate = 200}]", "out of range: -180 to 180");
  expect_refused("policy = [{op = 'mosaic', grid = 2.5}]", "whole number");
  expect_refused("policy = [{op = 'fliplr', steps = []}]", "has no parameter 'steps'");
  expect_refused("policy = [{op = 'one_of', weights = [1, 2], steps = [{op = 'fliplr'}]}]",
                 "2 are given for 1");
  expect_refused("policy = [{op = 'one_of', weights = [0], steps = [{op = 'fliplr'}]}]",
                 "at least one weight must be above 0");
  expect_refused("policy = [{p = 0.5}]", "a step needs op");
  expect_refused("policy = ['fliplr']", "a step is written {op");
  expect_refused("policy = 3", "a policy is a list of steps");
  expect_refused("augment = 3", "has no policy");
  expect_refused("policy = [\n{op = \n", "p.toml:");
  std::string deep = "{op = 'fliplr'}";
  for (int i = 0; i < 30; ++i) deep = "{op = 'sequential', steps = [" + deep + "]}";
  expect_refused("policy = [" + deep + "]", "nested too deep");
}

TEST(Policy, ReadsPresetsAndFilesByName) {
  EXPECT_EQ(read_policy("ssd"), preset_policy("ssd"));
  EXPECT_EQ(read_policy(std::string(FACESHOT_SOURCE_DIR) + "/configs/augment/face.toml"),
            preset_policy("face"));
  try {
    (void)read_policy("nowhere.toml");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::not_found);
    EXPECT_NE(std::string(e.what()).find("presets: face"), std::string::npos) << e.what();
  }
}

/// Runs a policy on a picture of one colour; @return how much brighter it became
int brighter(const Policy& policy, base::Random& random) {
  const cv::Mat image(4, 4, CV_8UC3, cv::Scalar::all(100));
  CanvasMemory memory;
  Canvas canvas(image, {}, {}, memory);
  for (const auto& step : policy) run(step, canvas, random, {});
  return canvas.pixels().at<cv::Vec3b>(0, 0)[0] - 100;
}

constexpr const char* powers =
    "steps = [{op='brightness', by=[1,1]}, {op='brightness', by=[2,2]}, {op='brightness', "
    "by=[4,4]}, {op='brightness', by=[8,8]}]";

TEST(Combinators, OneOfChoosesByWeight) {
  const auto policy =
      parse_policy(std::string("policy = [{op='one_of', weights=[1,0,2,1], ") + powers + "}]", "p");
  std::array<int, 9> hits{};
  constexpr int draws = 4000;
  for (std::uint32_t i = 0; i < draws; ++i) {
    base::Random random(1, 0, i);
    ++hits.at(static_cast<std::size_t>(brighter(policy, random)));
  }
  EXPECT_EQ(hits[1] + hits[4] + hits[8], draws);
  // Four standard deviations.
  EXPECT_NEAR(hits[1], draws / 4.0, 4 * std::sqrt(draws * 0.1875));
  EXPECT_NEAR(hits[4], draws / 2.0, 4 * std::sqrt(draws * 0.25));
}

TEST(Combinators, SomeOfTakesDifferentSteps) {
  const auto policy =
      parse_policy(std::string("policy = [{op='some_of', n=[1,3], ") + powers + "}]", "p");
  std::set<int> sums;
  std::array<int, 4> counts{};
  constexpr int draws = 3000;
  for (std::uint32_t i = 0; i < draws; ++i) {
    base::Random random(2, 0, i);
    const int sum = brighter(policy, random);
    sums.insert(sum);
    ++counts.at(static_cast<std::size_t>(__builtin_popcount(static_cast<unsigned>(sum))));
  }
  EXPECT_EQ(sums.size(), 4U + 6U + 4U) << "every subset of one, two and three";
  for (const int n : {1, 2, 3})
    EXPECT_NEAR(counts.at(static_cast<std::size_t>(n)), draws / 3.0,
                4 * std::sqrt(draws * 2 / 9.0));
}

TEST(Combinators, SometimesIsAllOrNothing) {
  const auto policy =
      parse_policy(std::string("policy = [{op='sometimes', p=0.25, ") + powers + "}]", "p");
  int done = 0;
  for (std::uint32_t i = 0; i < 2000; ++i) {
    base::Random random(3, 0, i);
    const int sum = brighter(policy, random);
    EXPECT_TRUE(sum == 0 || sum == 15) << sum;
    done += sum == 15;
  }
  EXPECT_NEAR(done, 500, 4 * std::sqrt(2000 * 0.1875));
}

TEST(Combinators, ScheduleGoesThroughItsSteps) {
  const auto policy = parse_policy(
      std::string("policy = [{op='schedule', until=[0.25,0.5,0.75,1], ") + powers + "}]", "p");
  const auto at = [&](float progress) {
    const cv::Mat image(4, 4, CV_8UC3, cv::Scalar::all(100));
    AugmentOptions options;
    options.policy = policy;
    options.square = false;
    base::Random random(1);
    Sample sample;
    CanvasMemory memory;
    augment(image, {}, options, random, sample, memory, nullptr, progress);
    return sample.image.at<cv::Vec3b>(0, 0)[0] - 100;
  };
  EXPECT_EQ(at(0), 1);
  EXPECT_EQ(at(0.24F), 1);
  EXPECT_EQ(at(0.25F), 2);
  EXPECT_EQ(at(0.6F), 4);
  EXPECT_EQ(at(0.75F), 8);
  EXPECT_EQ(at(1), 8);
  base::Random random(1);
  EXPECT_EQ(brighter(policy, random), 8) << "where nothing is said of training, the last";
  expect_refused("policy = [{op='schedule', until=[0.5,1,1], steps=[{op='grey'}]}]",
                 "3 are given for 1");
  expect_refused("policy = [{op='schedule', until=[1,0.5], steps=[{op='grey'},{op='hue'}]}]",
                 "must ascend");
}

TEST(Combinators, RandAugmentScalesStrength) {
  const auto strength = [](const std::string& m) {
    const auto policy = parse_policy(
        "policy = [{op='rand_augment', n=1, m=" + m + ", steps=[{op='brightness', by=[40,40]}]}]",
        "p");
    base::Random random(4);
    return brighter(policy, random);
  };
  EXPECT_EQ(strength("0"), 0);
  EXPECT_EQ(strength("5"), 20);
  EXPECT_EQ(strength("10"), 40);
}

TEST(Combinators, RandAugmentWithoutStepsHasAUsualChoice) {
  const auto policy = parse_policy("policy = [{op='rand_augment', n=2}]", "p");
  int changed = 0;
  for (std::uint32_t i = 0; i < 200; ++i) {
    base::Random random(5, 0, i);
    changed += brighter(policy, random) != 0;
  }
  EXPECT_GT(changed, 20);
}

}  // namespace
}  // namespace faceshot::augment
