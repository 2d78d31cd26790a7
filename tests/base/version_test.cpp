#include "faceshot/version.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

TEST(Version, IsThatOfTheBuild) {
  EXPECT_STREQ(FACESHOT_VERSION, FACESHOT_PROJECT_VERSION);
  EXPECT_STREQ(faceshot::version(), FACESHOT_VERSION);
  EXPECT_EQ(std::to_string(FACESHOT_VERSION_MAJOR) + "." + std::to_string(FACESHOT_VERSION_MINOR) +
                "." + std::to_string(FACESHOT_VERSION_PATCH),
            FACESHOT_VERSION);
}

}  // namespace
