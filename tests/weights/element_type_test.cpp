#include "weights/element_type.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>

namespace faceshot::weights {
namespace {

template <typename T>
std::string bytes_of(T value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

TEST(ElementType, EveryHalfFollowsTheStandard) {
  // IEEE 754-2008, 3.4, in double precision.
  for (unsigned bits = 0; bits < 0x10000; ++bits) {
    const unsigned exponent = bits >> 10 & 31, fraction = bits & 1023;
    const double sign = bits >> 15 != 0 ? -1 : 1;
    const float value =
        to_floats(bytes_of(static_cast<std::uint16_t>(bits)), ElementType::float16).at(0);
    if (exponent == 31 && fraction != 0)
      EXPECT_TRUE(std::isnan(value)) << bits;
    else if (exponent == 31)
      EXPECT_EQ(value, sign * std::numeric_limits<double>::infinity()) << bits;
    else if (exponent == 0)
      EXPECT_EQ(value, sign * std::pow(2.0, -14) * fraction / 1024) << bits;
    else
      EXPECT_EQ(value,
                sign * std::pow(2.0, static_cast<int>(exponent) - 15) * (1 + fraction / 1024.0))
          << bits;
  }
}

TEST(ElementType, OtherNumbers) {
  const auto one = [](const std::string& bytes, ElementType type) {
    return to_floats(bytes, type).at(0);
  };
  EXPECT_EQ(one(bytes_of<std::uint16_t>(0x3FC0), ElementType::bfloat16), 1.5F);
  EXPECT_EQ(one(bytes_of<std::uint16_t>(0xC2F7), ElementType::bfloat16), -123.5F);
  EXPECT_EQ(one(bytes_of(0.1F), ElementType::float32), 0.1F);
  EXPECT_EQ(one(bytes_of(0.1), ElementType::float64), 0.1F);
  EXPECT_EQ(one(bytes_of(1e300), ElementType::float64), std::numeric_limits<float>::infinity());
  EXPECT_EQ(one(bytes_of(-1e300), ElementType::float64), -std::numeric_limits<float>::infinity());
  EXPECT_EQ(one(bytes_of<std::int8_t>(-3), ElementType::int8), -3.0F);
  EXPECT_EQ(one(bytes_of<std::uint8_t>(253), ElementType::uint8), 253.0F);
  EXPECT_EQ(one(bytes_of<std::int16_t>(-300), ElementType::int16), -300.0F);
  EXPECT_EQ(one(bytes_of(-70000), ElementType::int32), -70000.0F);
  EXPECT_EQ(one(bytes_of(std::int64_t{1} << 40), ElementType::int64), 1099511627776.0F);
  EXPECT_EQ(one(bytes_of<std::uint8_t>(7), ElementType::boolean), 1.0F);
}

}  // namespace
}  // namespace faceshot::weights
