#include "track/luma_kernels.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "geometry/arbitrary.hpp"

namespace faceshot::track {
namespace {

using Bytes = std::vector<std::uint8_t>;

// ctest runs this at every level: luma_kernels() obeys FACESHOT_ISA.
Bytes pixels(std::size_t count) {
  const auto any = rc::gen::arbitrary<std::uint8_t>();
  // Sometimes the ends of the range, where sums are largest.
  return *rc::gen::container<Bytes>(count,
                                    *rc::gen::element(any, any, rc::gen::just<std::uint8_t>(255)));
}

std::size_t at(int y, int stride, int x) { return static_cast<std::size_t>(y * stride + x); }

RC_GTEST_PROP(LumaKernels, ReduceGivesRoundedMeans, ()) {
  const int side = *rc::gen::element(1, 2, 3, 4, 5, 6, 7, 16, 64, 65, 257);
  const int width = *rc::gen::inRange(1, 40), stride = side * width + *rc::gen::inRange(0, 3);
  const Bytes rows(at(side, stride, 0), *rc::gen::element<std::uint8_t>(0, 1, 127, 254, 255));
  Bytes some = rows;
  for (std::size_t i = 0; i < some.size(); i += 3) some[i] = static_cast<std::uint8_t>(i * 7);
  for (const Bytes& bytes : {rows, some}) {
    std::vector<std::uint16_t> sums(at(side, width, 0));
    Bytes out(static_cast<std::size_t>(width));
    luma_kernels().reduce_rows(bytes.data(), stride, side, width, sums.data(), out.data());
    for (int x = 0; x < width; ++x) {
      unsigned sum = 0;
      const auto area = static_cast<unsigned>(side * side);
      for (int dy = 0; dy < side; ++dy)
        for (int dx = 0; dx < side; ++dx) sum += bytes[at(dy, stride, x * side + dx)];
      RC_ASSERT(out[static_cast<std::size_t>(x)] == (sum + area / 2) / area);
    }
  }
}

RC_GTEST_PROP(LumaKernels, HalveGivesRoundedMeans, ()) {
  const auto width = static_cast<std::size_t>(*rc::gen::inRange(1, 90));
  const Bytes above = pixels(2 * width), below = pixels(2 * width);
  Bytes out(width);
  luma_kernels().halve_rows(above.data(), below.data(), static_cast<int>(width), out.data());
  for (std::size_t x = 0; x < width; ++x)
    RC_ASSERT(out[x] ==
              (above[2 * x] + above[2 * x + 1] + below[2 * x] + below[2 * x + 1] + 2) / 4);
}

RC_GTEST_PROP(LumaKernels, SumsAndDifferences, ()) {
  const int width = *rc::gen::inRange(1, 100), height = *rc::gen::inRange(0, 5);
  const int stride = width + *rc::gen::inRange(0, 3);
  const Bytes a = pixels(at(height, stride, 0)), b = pixels(at(height, stride, 0));
  const int offset = *rc::gen::inRange(-255, 256);
  long sum = 0, differences = 0;
  for (const std::uint8_t p : a) sum += p;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      differences +=
          std::abs(a[at(y, stride, x)] - std::clamp(b[at(y, stride, x)] + offset, 0, 255));
  RC_ASSERT(luma_kernels().sum(a.data(), a.size()) == sum);
  RC_ASSERT(luma_kernels().differences(a.data(), stride, b.data(), stride, width, height, offset) ==
            differences);
}

TEST(LumaKernels, TheLargestDifferencesDoNotOverflow) {
  const Bytes white(1000, 255), black(1000);
  EXPECT_EQ(luma_kernels().differences(white.data(), 0, black.data(), 0, 1000, 9, -255),
            9L * 255 * 1000);
  EXPECT_EQ(luma_kernels().differences(white.data(), 0, black.data(), 0, 1000, 9, 255), 0);
}

TEST(LumaKernels, SumsOfManyDoNotOverflow) {
  const Bytes white(20'000'000, 255);
  EXPECT_EQ(luma_kernels().sum(white.data(), white.size()), 255L * 20'000'000);
}

RC_GTEST_PROP(LumaKernels, BlocksSums, ()) {
  const int stride = 16 + *rc::gen::inRange(0, 5);
  const Bytes a = pixels(at(17, stride, 0)), b = pixels(at(16, stride, 0));
  const bool at_end = *rc::gen::arbitrary<bool>();
  TextureSums texture;
  PairSums pair;
  for (int y = 0; y < 16; ++y)
    for (int x = 0; x < 16; ++x) {
      const int p = a[at(y, stride, x)], q = b[at(y, stride, x)];
      const int below = a[at(at_end && y == 15 ? 15 : y + 1, stride, x)];
      const int gx = x < 15 ? a[at(y, stride, x + 1)] - p : 0, gy = below - p;
      texture = {texture.pixels + p, texture.squares + p * p, texture.xx + gx * gx,
                 texture.yy + gy * gy, texture.xy + gx * gy};
      pair = {pair.a + p, pair.b + q, pair.aa + p * p, pair.bb + q * q, pair.ab + p * q};
    }
  RC_ASSERT(luma_kernels().texture(a.data(), stride, a.data() + at(at_end ? 15 : 16, stride, 0)) ==
            texture);
  RC_ASSERT(luma_kernels().pair(a.data(), stride, b.data(), stride) == pair);
}

}  // namespace
}  // namespace faceshot::track
