#include "video/live/utc_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace faceshot::video {
namespace {

std::tm utc_fields(double utc) {
  constexpr double last = 253402300799;  // the end of 9999
  const auto whole = static_cast<std::time_t>(std::clamp(utc, 0.0, last));
  std::tm fields{};
  ::gmtime_r(&whole, &fields);
  return fields;
}

double seconds_of(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

double utc_now() { return seconds_of(CLOCK_REALTIME); }
double monotonic_now() { return seconds_of(CLOCK_MONOTONIC); }
double thread_processor_seconds() { return seconds_of(CLOCK_THREAD_CPUTIME_ID); }

std::string utc_text(double utc) {
  // Rounded, since 0.123 is not a binary fraction.
  const auto milliseconds = static_cast<std::int64_t>(std::llround(utc * 1000));
  const std::tm t = utc_fields(std::floor(static_cast<double>(milliseconds) / 1000));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", t.tm_year + 1900, t.tm_mon + 1,
                     t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec,
                     ((milliseconds % 1000) + 1000) % 1000);
}

std::string utc_hour_text(std::int64_t hours_since_1970) {
  const std::tm t = utc_fields(static_cast<double>(hours_since_1970) * 3600);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:00:00Z", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday,
                     t.tm_hour);
}

std::tm local_time(double utc) {
  const auto whole = static_cast<std::time_t>(utc);
  std::tm fields{};
  ::localtime_r(&whole, &fields);
  return fields;
}

}  // namespace faceshot::video
