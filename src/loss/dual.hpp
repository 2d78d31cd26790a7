// Forward-mode automatic differentiation in four variables: a number that carries its derivative
// with respect to the four box offsets. Enough to differentiate any box loss exactly, without a
// hand-derived formula that could be wrong.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

namespace faceshot::loss {

struct Dual4 {
  double value = 0;
  std::array<double, 4> gradient{};

  Dual4() = default;
  Dual4(double constant) : value(constant) {}  // NOLINT: constants mix freely with variables

  /// The i-th variable with this value.
  static Dual4 variable(double value, std::size_t i) {
    Dual4 v(value);
    v.gradient[i] = 1;
    return v;
  }
};

namespace dual_detail {
/// f(a) with derivative `slope`; f(a, b) with partial derivatives `da`, `db`.
inline Dual4 chain(double value, const Dual4& a, double slope) {
  Dual4 r(value);
  for (std::size_t i = 0; i < 4; ++i) r.gradient[i] = slope * a.gradient[i];
  return r;
}
inline Dual4 chain(double value, const Dual4& a, double da, const Dual4& b, double db) {
  Dual4 r(value);
  for (std::size_t i = 0; i < 4; ++i) r.gradient[i] = da * a.gradient[i] + db * b.gradient[i];
  return r;
}
}  // namespace dual_detail

inline Dual4 operator+(const Dual4& a, const Dual4& b) {
  return dual_detail::chain(a.value + b.value, a, 1, b, 1);
}
inline Dual4 operator-(const Dual4& a, const Dual4& b) {
  return dual_detail::chain(a.value - b.value, a, 1, b, -1);
}
inline Dual4 operator*(const Dual4& a, const Dual4& b) {
  return dual_detail::chain(a.value * b.value, a, b.value, b, a.value);
}
inline Dual4 operator/(const Dual4& a, const Dual4& b) {
  return dual_detail::chain(a.value / b.value, a, 1 / b.value, b, -a.value / (b.value * b.value));
}
inline Dual4 exp(const Dual4& a) {
  const double e = std::exp(a.value);
  return dual_detail::chain(e, a, e);
}
inline Dual4 atan(const Dual4& a) {
  return dual_detail::chain(std::atan(a.value), a, 1 / (1 + a.value * a.value));
}
inline Dual4 max(const Dual4& a, const Dual4& b) { return a.value >= b.value ? a : b; }
inline Dual4 min(const Dual4& a, const Dual4& b) { return a.value <= b.value ? a : b; }

}  // namespace faceshot::loss
