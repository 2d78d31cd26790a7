#include "track/motion_filter.hpp"

#include <algorithm>
#include <cmath>

namespace faceshot::track {
namespace {

constexpr double smallest_log = -7, largest_log = 14;  // e^14 is above a million pixels
constexpr double farthest = 1e8;                       // pixels

constexpr double squared(double x) noexcept { return x * x; }

}  // namespace

MotionFilter::MotionFilter(const Box& box, const MotionModel& model) noexcept : model_(model) {
  center_[0].at = 0.5 * (static_cast<double>(box.x1) + static_cast<double>(box.x2));
  center_[1].at = 0.5 * (static_cast<double>(box.y1) + static_cast<double>(box.y2));
  const auto log_of = [](double x) {
    return std::clamp(std::log(std::max(x, 1e-9)), smallest_log, largest_log);
  };
  log_size_[0].at = log_of(static_cast<double>(box.x2) - static_cast<double>(box.x1));
  log_size_[1].at = log_of(static_cast<double>(box.y2) - static_cast<double>(box.y1));
  center_p_ = {squared(model.place_error * size()), 0, squared(model.first_speed * size())};
  size_p_ = {squared(model.size_error), 0, squared(model.first_growth)};
}

double MotionFilter::size() const noexcept {
  return std::exp(0.5 * (log_size_[0].at + log_size_[1].at));
}

/// With d = seconds / fades and e = exp(-d): the value advances by rate * fades * (1 - e), the rate
/// becomes rate * e; the covariance of the noise is integrated in closed form.
void MotionFilter::advance(Value (&values)[2], Covariance& p, double seconds, double fades,
                           double noise) noexcept {
  const double d = seconds / fades;
  const double e = std::exp(-d);
  const double reach = fades * -std::expm1(-d);
  for (Value& value : values) {
    value.at += value.rate * reach;
    value.rate *= e;
  }
  p.at += reach * (2 * p.both + reach * p.rate);
  p.both = e * (p.both + reach * p.rate);
  p.rate *= e * e;
  const double q = noise * noise;
  const double once = -std::expm1(-d), twice = -std::expm1(-2 * d);
  // A difference of nearly equal terms: for short steps the first term of its series.
  const double share = d < 1e-3 ? d * d * d / 3 : d - 2 * once + 0.5 * twice;
  p.at += q * fades * fades * fades * share;
  p.both += 0.5 * q * fades * fades * once * once;
  p.rate += 0.5 * q * fades * twice;
}

void MotionFilter::advance(double seconds) noexcept {
  seconds = std::min(seconds, 10.0);
  if (!(seconds > 0)) return;
  advance(center_, center_p_, seconds, model_.speed_fades, model_.acceleration * size());
  advance(log_size_, size_p_, seconds, model_.growth_fades, model_.growth_noise);
  for (Value& value : center_) value.at = std::clamp(value.at, -farthest, farthest);
  for (Value& value : log_size_) value.at = std::clamp(value.at, smallest_log, largest_log);
}

void MotionFilter::correct(Value (&values)[2], Covariance& p, const double (&seen)[2],
                           double variance) noexcept {
  const double total = p.at + variance;
  const double gain_at = p.at / total, gain_rate = p.both / total;
  for (int i = 0; i < 2; ++i) {
    const double off = seen[i] - values[i].at;
    values[i].at += gain_at * off;
    values[i].rate += gain_rate * off;
  }
  p = {(1 - gain_at) * p.at, (1 - gain_at) * p.both, p.rate - gain_rate * p.both};
}

void MotionFilter::correct(const Box& box, double doubt) noexcept {
  const MotionFilter seen(box, model_);
  correct(log_size_, size_p_, {seen.log_size_[0].at, seen.log_size_[1].at},
          squared(model_.size_error * doubt));
  correct(center_, center_p_, {seen.center_[0].at, seen.center_[1].at},
          squared(model_.place_error * doubt * seen.size()));
  for (Value& value : log_size_) value.at = std::clamp(value.at, smallest_log, largest_log);
}

void MotionFilter::move(const CameraMotion& m) noexcept {
  const double x = center_[0].at, y = center_[1].at;
  const double vx = center_[0].rate, vy = center_[1].rate;
  center_[0] = {std::clamp(m.xx * x + m.xy * y + m.tx, -farthest, farthest), m.xx * vx + m.xy * vy};
  center_[1] = {std::clamp(m.yx * x + m.yy * y + m.ty, -farthest, farthest), m.yx * vx + m.yy * vy};
  const double scale = m.scale();
  for (Value& value : log_size_)
    value.at = std::clamp(value.at + std::log(scale), smallest_log, largest_log);
  const double area = scale * scale;
  center_p_ = {center_p_.at * area, center_p_.both * area, center_p_.rate * area};
}

MotionFilter MotionFilter::merged(const MotionFilter& a, const MotionFilter& b) noexcept {
  MotionFilter result = a;
  const auto merge = [](Value(&values)[2], Covariance& p, const Value(&others)[2],
                        const Covariance& q) {
    const double share = p.at / (p.at + q.at);  // the less certain, the more of the other
    for (int i = 0; i < 2; ++i) values[i].at += share * (others[i].at - values[i].at);
    p.at = p.at * (1 - share);
  };
  merge(result.center_, result.center_p_, b.center_, b.center_p_);
  merge(result.log_size_, result.size_p_, b.log_size_, b.size_p_);
  return result;
}

Box MotionFilter::box() const noexcept {
  const double half_width = 0.5 * std::exp(log_size_[0].at);
  const double half_height = 0.5 * std::exp(log_size_[1].at);
  return {static_cast<float>(center_[0].at - half_width),
          static_cast<float>(center_[1].at - half_height),
          static_cast<float>(center_[0].at + half_width),
          static_cast<float>(center_[1].at + half_height)};
}

double MotionFilter::edge_deviation() const noexcept {
  return std::sqrt(center_p_.at + squared(0.5 * size()) * size_p_.at);
}

Box moved(const Box& box, const CameraMotion& m) noexcept {
  const double x = 0.5 * (static_cast<double>(box.x1) + static_cast<double>(box.x2));
  const double y = 0.5 * (static_cast<double>(box.y1) + static_cast<double>(box.y2));
  const double half = 0.5 * m.scale();
  const double half_width = half * (static_cast<double>(box.x2) - static_cast<double>(box.x1));
  const double half_height = half * (static_cast<double>(box.y2) - static_cast<double>(box.y1));
  const double to_x = m.xx * x + m.xy * y + m.tx, to_y = m.yx * x + m.yy * y + m.ty;
  return {static_cast<float>(to_x - half_width), static_cast<float>(to_y - half_height),
          static_cast<float>(to_x + half_width), static_cast<float>(to_y + half_height)};
}

}  // namespace faceshot::track
