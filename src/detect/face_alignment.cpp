#include "faceshot/face_alignment.hpp"

#include <cmath>
#include <complex>
#include <cstddef>

#include "faceshot/error.hpp"

namespace faceshot {
namespace {

using Point = std::complex<double>;
constexpr std::size_t point_count = 5;

Point point(const Landmarks& points, std::size_t k) {
  return {static_cast<double>(points[2 * k]), static_cast<double>(points[2 * k + 1])};
}

Point mean(const Landmarks& points) {
  Point sum;
  for (std::size_t k = 0; k < point_count; ++k) sum += point(points, k);
  return sum / static_cast<double>(point_count);
}

}  // namespace

double Similarity::scale() const noexcept { return std::hypot(a, b); }

Similarity Similarity::inverse() const noexcept {
  const double square = a * a + b * b;
  const double ia = a / square;
  const double ib = -b / square;
  return {ia, ib, -(ia * tx - ib * ty), -(ib * tx + ia * ty)};
}

Landmarks Similarity::apply(const Landmarks& points) const noexcept {
  Landmarks moved{};
  for (std::size_t k = 0; k < points.size(); k += 2) {
    const auto x = static_cast<double>(points[k]);
    const auto y = static_cast<double>(points[k + 1]);
    moved[k] = static_cast<float>(a * x - b * y + tx);
    moved[k + 1] = static_cast<float>(b * x + a * y + ty);
  }
  return moved;
}

Landmarks alignment_template(int size) noexcept {
  Landmarks points{38.2946F, 51.6963F, 73.5318F, 51.5014F, 56.0252F,
                   71.7366F, 41.5493F, 92.3655F, 70.7299F, 92.2041F};
  for (float& coordinate : points) coordinate *= static_cast<float>(size) / 112;
  return points;
}

Similarity fit_similarity(const Landmarks& from, const Landmarks& to) {
  if (!finite(from) || !finite(to))
    throw Error(ErrorCode::invalid_argument, "align: the landmarks are not finite");
  // With points as complex numbers a similarity is z' = c z + t, and its least-squares fit is the
  // regression of one complex variable on another. In the plane that is Umeyama's solution.
  const Point from_mean = mean(from);
  const Point to_mean = mean(to);
  Point covariance;
  double variance = 0;
  for (std::size_t k = 0; k < point_count; ++k) {
    const Point z = point(from, k) - from_mean;
    covariance += std::conj(z) * (point(to, k) - to_mean);
    variance += std::norm(z);
  }
  if (!(variance > 0))
    throw Error(ErrorCode::invalid_argument, "align: the five landmarks fall together");
  const Point c = covariance / variance;
  const Point t = to_mean - c * from_mean;
  return {c.real(), c.imag(), t.real(), t.imag()};
}

}  // namespace faceshot
