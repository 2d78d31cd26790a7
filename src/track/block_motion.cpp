#include "track/block_motion.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/random.hpp"
#include "track/luma_kernels.hpp"

namespace faceshot::track {
namespace {

constexpr int block = 16;
constexpr double flat_variance = 12;     ///< grey levels squared
constexpr double least_gradient = 2.5;   ///< in the weaker direction, grey levels squared per pixel
constexpr double inlier_distance = 0.8;  ///< pixels of level 0
/// Mean squared difference that leaves no better shift to look for, grey levels squared: next to a
/// textured block's own place it is at least the gradient's.
constexpr long same_place = 1;
static_assert(same_place < least_gradient);
constexpr int hypotheses = 80;
constexpr std::size_t least_inliers = 8;
/// Textured blocks that are enough: with so many, the other half would not change the tracks.
constexpr std::size_t enough_textured = 4 * least_inliers;
constexpr double least_share = 0.35;

int mean_of(const LumaPlane& plane) {
  const std::size_t count = plane.pixels.size();
  return static_cast<int>(luma_kernels().sum(plane.pixels.data(), count) /
                          std::max(1L, static_cast<long>(count)));
}

/// Mean absolute difference of now(x, y) and before(x + shift) over their common part, corrected by
/// offset.
double plane_difference(const LumaPlane& before, const LumaPlane& now, Shift s, int offset) {
  const int x0 = std::max(0, -s.x), x1 = std::min(now.width, before.width - s.x);
  const int y0 = std::max(0, -s.y), y1 = std::min(now.height, before.height - s.y);
  if (x1 <= x0 || y1 <= y0) return std::numeric_limits<double>::infinity();
  const long sum =
      luma_kernels().differences(now.row(y0) + x0, now.width, before.row(y0 + s.y) + x0 + s.x,
                                 before.width, x1 - x0, y1 - y0, offset);
  return static_cast<double>(sum) / static_cast<double>((x1 - x0) * (y1 - y0));
}

/// The shift of the whole picture, in pixels of level 1: all shifts up to a quarter of the picture
/// at the coarsest level, the best few refined.
Shift global_shift(const LumaPyramid& before, const LumaPyramid& now) {
  constexpr int coarsest = LumaPyramid::levels - 1;
  const LumaPlane& a = before.level(coarsest);
  const LumaPlane& b = now.level(coarsest);
  const int offset = mean_of(b) - mean_of(a);
  struct Scored {
    double difference;
    Shift shift;
  };
  std::array<Scored, 3> best;
  best.fill({std::numeric_limits<double>::infinity(), {}});
  const int reach_x = a.width / 4, reach_y = a.height / 4;
  for (int y = -reach_y; y <= reach_y; ++y)
    for (int x = -reach_x; x <= reach_x; ++x) {
      // Smaller shifts win if there is little evidence for others.
      const double far = 0.01 * (std::abs(x) + std::abs(y));
      Scored scored{plane_difference(a, b, {x, y}, offset) + far, {x, y}};
      for (Scored& place : best)
        if (scored.difference < place.difference) std::swap(scored, place);
    }
  const auto refine = [&](Scored& candidate, int level) {
    const Shift middle{2 * candidate.shift.x, 2 * candidate.shift.y};
    candidate.difference = std::numeric_limits<double>::infinity();
    for (int y = -1; y <= 1; ++y)
      for (int x = -1; x <= 1; ++x) {
        const Shift s{middle.x + x, middle.y + y};
        const double d = plane_difference(before.level(level), now.level(level), s, offset);
        if (d < candidate.difference) candidate = {d, s};
      }
  };
  for (int level = coarsest - 1; level >= 2; --level)
    for (Scored& candidate : best) refine(candidate, level);
  Scored& chosen = *std::min_element(
      best.begin(), best.end(),
      [](const Scored& p, const Scored& q) { return p.difference < q.difference; });
  refine(chosen, 1);
  return chosen.shift;
}

/// Sum of squared differences, corrected by offset, of `rows` rows of `side` pixels.
template <int side, int rows>
int difference_of_rows(const std::uint8_t* a, int a_stride, const std::uint8_t* b, int b_stride,
                       int offset) {
#ifdef __SSE2__
  // Eight pixels at a time; GCC does not vectorise so short a loop.
  const __m128i zero = _mm_setzero_si128(), shift = _mm_set1_epi16(static_cast<short>(offset));
  __m128i sums = zero;
  for (int y = 0; y < rows; ++y, a += a_stride, b += b_stride)
    for (int x = 0; x < side; x += 8) {
      const auto load = [&](const std::uint8_t* from) {
        return _mm_unpacklo_epi8(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + x)), zero);
      };
      const __m128i d = _mm_sub_epi16(_mm_sub_epi16(load(a), load(b)), shift);
      sums = _mm_add_epi32(sums, _mm_madd_epi16(d, d));
    }
  sums = _mm_add_epi32(sums, _mm_shuffle_epi32(sums, 0x4E));
  sums = _mm_add_epi32(sums, _mm_shuffle_epi32(sums, 0xB1));
  return _mm_cvtsi128_si32(sums);
#else
  int sum = 0;
  for (int y = 0; y < rows; ++y, a += a_stride, b += b_stride)
    for (int x = 0; x < side; ++x) {
      const int d = a[x] - b[x] - offset;
      sum += d * d;
    }
  return sum;
#endif
}

/// Sum of squared differences of two blocks, corrected by offset; if it exceeds `most`, some value
/// above `most`.
template <int side>
long block_difference(const LumaPlane& before, const LumaPlane& now, int x, int y, Shift s,
                      int offset, long most = std::numeric_limits<long>::max()) {
  if (x + s.x < 0 || y + s.y < 0 || x + s.x + side > before.width || y + s.y + side > before.height)
    return std::numeric_limits<long>::max();
  constexpr int rows = 4;
  int sum = 0;
  for (int dy = 0; dy < side; dy += rows) {
    sum += difference_of_rows<side, rows>(now.row(y + dy) + x, now.width,
                                          before.row(y + dy + s.y) + x + s.x, before.width, offset);
    if (sum > most) return sum;
  }
  return sum;
}

struct BlockTexture {
  double variance = 0, weaker = 0;  ///< weaker: smaller eigenvalue of the gradients' mean tensor
};

BlockTexture texture_of(const LumaPlane& plane, int x, int y) {
  const TextureSums sums = luma_kernels().texture(
      plane.row(y) + x, plane.width, plane.row(std::min(y + block, plane.height - 1)) + x);
  constexpr double n = block * block;
  const double mean = static_cast<double>(sums.pixels) / n;
  const double a = static_cast<double>(sums.xx) / n, b = static_cast<double>(sums.yy) / n,
               c = static_cast<double>(sums.xy) / n;
  return {static_cast<double>(sums.squares) / n - mean * mean,
          0.5 * (a + b - std::sqrt((a - b) * (a - b) + 4 * c * c))};
}

double correlation(const LumaPlane& before, const LumaPlane& now, int x, int y, Shift s) {
  const PairSums sums =
      luma_kernels().pair(now.row(y) + x, now.width, before.row(y + s.y) + x + s.x, before.width);
  constexpr double n = block * block;
  const double mean_a = sums.a / n, mean_b = sums.b / n;
  const double va = sums.aa / n - mean_a * mean_a, vb = sums.bb / n - mean_b * mean_b;
  if (va < flat_variance / 4 || vb < flat_variance / 4) return 0;
  return (sums.ab / n - mean_a * mean_b) / std::sqrt(va * vb);
}

/// The minimum of the parabola through three values at -1, 0, 1.
double parabola(long left, long middle, long right) {
  constexpr long none = std::numeric_limits<long>::max();
  if (left == none || right == none) return 0;
  const double curve =
      static_cast<double>(left) - 2 * static_cast<double>(middle) + static_cast<double>(right);
  if (!(curve > 0)) return 0;
  return std::clamp(0.5 * static_cast<double>(left - right) / curve, -0.5, 0.5);
}

/// A shift, and the differences there and one pixel beside it.
struct Place {
  Shift shift;
  long here = 0, left = 0, right = 0, above = 0, below = 0;
};

/// From `start` to the best neighbour until none is better, at most `steps` times.
template <int side>
Place descend(const LumaPlane& before, const LumaPlane& now, int x, int y, Shift start, int steps,
              int offset) {
  const auto at = [&](Shift s, int dx, int dy, long most) {
    return block_difference<side>(before, now, x, y, {s.x + dx, s.y + dy}, offset, most);
  };
  constexpr long all = std::numeric_limits<long>::max();
  Place place{start, at(start, 0, 0, all)};
  for (;; --steps) {
    place.left = at(place.shift, -1, 0, all);
    place.right = at(place.shift, 1, 0, all);
    place.above = at(place.shift, 0, -1, all);
    place.below = at(place.shift, 0, 1, all);
    if (steps == 0 || place.here <= same_place * side * side) return place;
    Place best = place;
    const auto consider = [&](int dx, int dy, long difference) {
      if (difference < best.here) best = {{place.shift.x + dx, place.shift.y + dy}, difference};
    };
    consider(-1, 0, place.left);
    consider(1, 0, place.right);
    consider(0, -1, place.above);
    consider(0, 1, place.below);
    for (const int dy : {-1, 1})
      for (const int dx : {-1, 1}) consider(dx, dy, at(place.shift, dx, dy, best.here));
    if (best.here == place.here) return place;
    place = best;
  }
}

/// The best of the shifts within `reach` of `middle`.
template <int side>
Shift best_shift(const LumaPlane& before, const LumaPlane& now, int x, int y, Shift middle,
                 int reach, int offset) {
  Shift best = middle;
  // The middle is often right: then most others are abandoned after a few rows.
  long least = block_difference<side>(before, now, x, y, middle, offset);
  if (least <= same_place * side * side) return middle;
  for (int dy = -reach; dy <= reach; ++dy)
    for (int dx = -reach; dx <= reach; ++dx) {
      if (dx == 0 && dy == 0) continue;
      const Shift s{middle.x + dx, middle.y + dy};
      const long d = block_difference<side>(before, now, x, y, s, offset, least);
      // Ties go to the nearest to the middle.
      if (d < least ||
          (d == least && std::abs(dx) + std::abs(dy) <
                             std::abs(best.x - middle.x) + std::abs(best.y - middle.y))) {
        least = d;
        best = s;
      }
    }
  return best;
}

}  // namespace

std::span<const BlockMatch> BlockMatcher::match(const LumaPyramid& before, const LumaPyramid& now) {
  matches_.clear();
  const LumaPlane &fine = now.level(0), &fine_before = before.level(0);
  const int offset = mean_of(fine) - mean_of(fine_before);
  const Shift global = global_shift(before, now);
  // Every second block, like the black squares of a chessboard, takes half the time; the white ones
  // follow if the picture has little texture (docs/tracking.md).
  std::size_t textured = 0;
  for (int square = 0; square < 2 && textured < enough_textured; ++square)
    for (int y = 0; y + block <= fine.height; y += block)
      for (int x = (y + square * block) % (2 * block); x + block <= fine.width; x += 2 * block)
        textured += match_block(before, now, x, y, global, offset) ? 1 : 0;
  return matches_;
}

/// Adds the block's match unless it is flat. @return whether it is textured
bool BlockMatcher::match_block(const LumaPyramid& before, const LumaPyramid& now, int x, int y,
                               Shift global, int offset) {
  const LumaPlane &fine = now.level(0), &fine_before = before.level(0);
  const BlockTexture texture = texture_of(fine, x, y);
  if (texture.variance < flat_variance && texture_of(fine_before, x, y).variance < flat_variance)
    return false;
  BlockMatch& match = matches_.emplace_back();
  match.x = x + 0.5 * block;
  match.y = y + 0.5 * block;
  const Shift coarse =
      best_shift<block / 2>(before.level(1), now.level(1), x / 2, y / 2, global, 3, offset);
  const Place place =
      descend<block>(fine_before, fine, x, y, {2 * coarse.x, 2 * coarse.y}, 2, offset);
  const Shift s = place.shift;
  match.from_x = match.x;
  match.from_y = match.y;
  if (place.here == std::numeric_limits<long>::max())
    return false;  // its source is beyond the edge
  match.likeness = correlation(fine_before, fine, x, y, s);
  match.textured = texture.weaker >= least_gradient && match.likeness > 0.5;
  match.from_x += s.x + parabola(place.left, place.here, place.right);
  match.from_y += s.y + parabola(place.above, place.here, place.below);
  return match.textured;
}

namespace {

/// x' = a x - b y + tx, y' = b x + a y + ty.
struct Turn {
  double a = 1, b = 0, tx = 0, ty = 0;

  [[nodiscard]] bool explains(const BlockMatch& m) const {
    const double x = a * m.from_x - b * m.from_y + tx - m.x;
    const double y = b * m.from_x + a * m.from_y + ty - m.y;
    return x * x + y * y < inlier_distance * inlier_distance;
  }
};

Turn turn_of_two(const BlockMatch& p, const BlockMatch& q) {
  const double ux = q.from_x - p.from_x, uy = q.from_y - p.from_y;
  const double vx = q.x - p.x, vy = q.y - p.y;
  const double squared = ux * ux + uy * uy;
  if (!(squared > 1)) return {1, 0, p.x - p.from_x, p.y - p.from_y};
  const double a = (ux * vx + uy * vy) / squared, b = (ux * vy - uy * vx) / squared;
  return {a, b, p.x - a * p.from_x + b * p.from_y, p.y - b * p.from_x - a * p.from_y};
}

/// Least squares.
Turn turn_of_all(std::span<const BlockMatch* const> all) {
  double x = 0, y = 0, fx = 0, fy = 0;
  for (const BlockMatch* m : all) {
    x += m->x;
    y += m->y;
    fx += m->from_x;
    fy += m->from_y;
  }
  const auto n = static_cast<double>(all.size());
  x /= n, y /= n, fx /= n, fy /= n;
  double along = 0, across = 0, squares = 0;
  for (const BlockMatch* m : all) {
    const double ux = m->from_x - fx, uy = m->from_y - fy, vx = m->x - x, vy = m->y - y;
    along += ux * vx + uy * vy;
    across += ux * vy - uy * vx;
    squares += ux * ux + uy * uy;
  }
  const double a = squares > 1 ? along / squares : 1, b = squares > 1 ? across / squares : 0;
  return {a, b, x - a * fx + b * fy, y - b * fx - a * fy};
}

}  // namespace

CameraMotion SimilarityFit::fit(std::span<const BlockMatch> matches) {
  used_.clear();
  for (const BlockMatch& m : matches)
    if (m.textured) used_.push_back(&m);
  if (used_.size() < least_inliers) return {};
  const auto count = static_cast<std::uint32_t>(used_.size());
  base::Random random(1);
  Turn best;
  std::size_t most = 0;
  for (int i = 0; i <= hypotheses; ++i) {
    // The first hypothesis is that nothing moved.
    const Turn turn =
        i == 0 ? Turn{} : turn_of_two(*used_[random.below(count)], *used_[random.below(count)]);
    if (std::abs(turn.a - 1) > 0.3 || std::abs(turn.b) > 0.3) continue;
    std::size_t agree = 0;
    for (const BlockMatch* m : used_) agree += turn.explains(*m) ? 1 : 0;
    if (agree > most) {
      most = agree;
      best = turn;
    }
  }
  if (most < least_inliers || static_cast<double>(most) < least_share * static_cast<double>(count))
    return {};
  for (int i = 0; i < 3; ++i) {
    inliers_.clear();
    for (const BlockMatch* m : used_)
      if (best.explains(*m)) inliers_.push_back(m);
    if (inliers_.size() < least_inliers) break;
    best = turn_of_all(inliers_);
  }
  double still = 0;
  for (const BlockMatch* m : inliers_) {
    const double x = best.a * m->x - best.b * m->y + best.tx - m->x;
    const double y = best.b * m->x + best.a * m->y + best.ty - m->y;
    still = std::max(still, std::hypot(x, y));
  }
  if (still < 0.1) return {};
  return {best.a, -best.b, best.tx, best.b, best.a, best.ty};
}

}  // namespace faceshot::track
