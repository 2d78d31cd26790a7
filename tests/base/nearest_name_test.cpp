#include "base/nearest_name.hpp"

#include <gtest/gtest.h>

namespace faceshot::base {
namespace {

TEST(LikelyName, IsThatOfASlip) {
  const std::vector<std::string> names{"detect", "bench", "prepare"};
  EXPECT_EQ(likely_name("detcet", names), "detect");
  EXPECT_EQ(likely_name("bensh", names), "bench");
  EXPECT_EQ(likely_name("prepared", names), "prepare");
  EXPECT_EQ(likely_name("detect", names), "detect");
}

TEST(LikelyName, IsNoneForAnotherWord) {
  EXPECT_FALSE(likely_name("holiday", {"detect", "bench"}));
  EXPECT_FALSE(likely_name("x", {"bench"}));
  EXPECT_FALSE(likely_name("detect", {}));
}

}  // namespace
}  // namespace faceshot::base
