// Products of bfloat16 matrices against plain loops, at the level of this process (ctest runs all:
// FACESHOT_ISA).
#include "training_ops/matrix_kernels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "base/random.hpp"

namespace faceshot::training_ops::matrix {
namespace {

float value(BFloat16 b) {
  const std::uint32_t bits = std::uint32_t{b.bits} << 16;
  float f = 0;
  std::memcpy(&f, &bits, sizeof f);
  return f;
}

std::vector<BFloat16> random_matrix(std::size_t rows, std::size_t columns, base::Random& random) {
  std::vector<BFloat16> m(rows * columns);
  for (BFloat16& b : m) {
    const float f = random.normal();
    std::uint32_t bits = 0;
    std::memcpy(&bits, &f, sizeof bits);
    b.bits = static_cast<std::uint16_t>(bits >> 16);
  }
  return m;
}

std::vector<Pair> interleaved(const std::vector<BFloat16>& m, std::size_t rows,
                              std::size_t columns) {
  std::vector<Pair> pairs((rows + 1) / 2 * columns);
  interleave(m.data(), rows, columns, pairs.data());
  return pairs;
}

/// One tile or block, parts of one, several, and remainders; every count of remaining rows.
const std::vector<std::size_t> channels{16, 32, 48, 64, 80, 112, 128, 192};

TEST(MatrixKernels, InterleavePutsTwoRowsSideBySide) {
  base::Random random(1, 0, 0, 0);
  for (const std::size_t rows : {1U, 2U, 5U, 8U}) {
    const auto m = random_matrix(rows, 48, random);
    const auto pairs = interleaved(m, rows, 48);
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < 48; ++c)
        ASSERT_EQ(pairs[r / 2 * 48 + c] >> (r % 2 * 16) & 0xffff, m[r * 48 + c].bits);
    for (std::size_t c = 0; rows % 2 == 1 && c < 48; ++c)
      ASSERT_EQ(pairs[rows / 2 * 48 + c] >> 16, 0);
  }
}

void check_product(std::size_t rows, std::size_t depth, std::size_t columns, base::Random& random) {
  SCOPED_TRACE(testing::Message() << rows << " x " << depth << " x " << columns);
  const auto a = random_matrix(rows, depth, random);
  const auto b = random_matrix(depth, columns, random);
  constexpr std::uint16_t untouched = 0xabcd;
  std::vector<BFloat16> out(rows * columns + 1, BFloat16{untouched});
  multiply(a.data(), interleaved(b, depth, columns).data(), rows, depth, columns, out.data());
  EXPECT_EQ(out.back().bits, untouched);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      double sum = 0, size = 0;
      for (std::size_t k = 0; k < depth; ++k) {
        const double product = static_cast<double>(value(a[r * depth + k])) *
                               static_cast<double>(value(b[k * columns + c]));
        sum += product;
        size += std::abs(product);
      }
      // One rounding to 8 bits; float sums in any order.
      ASSERT_NEAR(static_cast<double>(value(out[r * columns + c])), sum,
                  std::abs(sum) / 256 + 1e-5 * size)
          << r << ", " << c;
    }
}

TEST(MatrixKernels, MultiplyEqualsPlainLoops) {
  base::Random random(2, 0, 0, 0);
  for (const std::size_t depth : channels)
    for (const std::size_t columns : channels) check_product(33, depth, columns, random);
  for (std::size_t rows = 0; rows < 70; ++rows) check_product(rows, 48, 48, random);
}

void check_transposed(std::size_t count, std::size_t rows, std::size_t columns,
                      base::Random& random) {
  SCOPED_TRACE(testing::Message() << count << " by " << rows << " and " << columns);
  const auto a = random_matrix(count, rows, random);
  const auto b = random_matrix(count, columns, random);
  std::vector<float> out(rows * columns + 1);
  for (float& f : out) f = random.normal();
  const std::vector<float> before = out;
  add_transposed_product(interleaved(a, count, rows).data(), interleaved(b, count, columns).data(),
                         (count + 1) / 2, rows, columns, out.data());
  EXPECT_EQ(out.back(), before.back());
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      double sum = static_cast<double>(before[r * columns + c]), size = std::abs(sum);
      for (std::size_t k = 0; k < count; ++k) {
        const double product = static_cast<double>(value(a[k * rows + r])) *
                               static_cast<double>(value(b[k * columns + c]));
        sum += product;
        size += std::abs(product);
      }
      ASSERT_NEAR(static_cast<double>(out[r * columns + c]), sum, 1e-5 * size) << r << ", " << c;
    }
}

TEST(MatrixKernels, TransposedProductIsAddedAsPlainLoopsDo) {
  base::Random random(3, 0, 0, 0);
  for (const std::size_t rows : channels)
    for (const std::size_t columns : channels) check_transposed(67, rows, columns, random);
  for (std::size_t count = 0; count < 70; ++count) check_transposed(count, 48, 48, random);
  check_transposed(300, 32, 48, random);
}

TEST(MatrixKernels, WhatIsNotANumberStaysSo) {
  base::Random random(4, 0, 0, 0);
  auto a = random_matrix(20, 32, random);
  const auto b = random_matrix(32, 32, random);
  a[17 * 32 + 3].bits = 0x7fc0;
  std::vector<BFloat16> out(20 * 32);
  multiply(a.data(), interleaved(b, 32, 32).data(), 20, 32, 32, out.data());
  for (std::size_t i = 0; i < out.size(); ++i)
    EXPECT_EQ(std::isnan(value(out[i])), i / 32 == 17) << i;
}

}  // namespace
}  // namespace faceshot::training_ops::matrix
