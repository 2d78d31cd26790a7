#include "faceshot/face_alignment.hpp"

#include <cmath>
#include <complex>
#include <cstddef>

#include "faceshot/error.hpp"
#include "geometry/move_landmarks.hpp"

namespace faceshot {
inline namespace v0_1 {
namespace {

using Complex = std::complex<double>;

Complex complex(const Point& p) { return {static_cast<double>(p.x), static_cast<double>(p.y)}; }

Complex mean(const Landmarks& points) {
  Complex sum;
  for (const Point& p : points) sum += complex(p);
  return sum / static_cast<double>(points.size());
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
  for (std::size_t k = 0; k < points.size(); ++k) {
    const auto x = static_cast<double>(points[k].x);
    const auto y = static_cast<double>(points[k].y);
    moved[k] = {static_cast<float>(a * x - b * y + tx), static_cast<float>(b * x + a * y + ty)};
  }
  return moved;
}

Landmarks alignment_template(int size) noexcept {
  Landmarks points{{{38.2946F, 51.6963F},
                    {73.5318F, 51.5014F},
                    {56.0252F, 71.7366F},
                    {41.5493F, 92.3655F},
                    {70.7299F, 92.2041F}}};
  const float share = static_cast<float>(size) / 112;
  geometry::scale(points, share, share);
  return points;
}

Similarity fit_similarity(const Landmarks& from, const Landmarks& to) {
  if (!finite(from) || !finite(to))
    throw Error(ErrorCode::invalid_argument, "align: the landmarks are not finite");
  // With points as complex numbers a similarity is z' = c z + t, and its least-squares fit is a
  // complex linear regression. In the plane that is Umeyama's solution.
  const Complex from_mean = mean(from);
  const Complex to_mean = mean(to);
  Complex covariance;
  double variance = 0;
  for (std::size_t k = 0; k < from.size(); ++k) {
    const Complex z = complex(from[k]) - from_mean;
    covariance += std::conj(z) * (complex(to[k]) - to_mean);
    variance += std::norm(z);
  }
  if (!(variance > 0))
    throw Error(ErrorCode::invalid_argument, "align: the five landmarks coincide");
  const Complex c = covariance / variance;
  const Complex t = to_mean - c * from_mean;
  return {c.real(), c.imag(), t.real(), t.imag()};
}

}  // namespace v0_1
}  // namespace faceshot
