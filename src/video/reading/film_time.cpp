#include "video/reading/film_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "faceshot/error.hpp"

namespace faceshot::video {
namespace {

/// Digits, optionally with a decimal point; -1 for anything else.
double plain_number(std::string_view text, bool whole) {
  const auto allowed = [&](char c) { return (c >= '0' && c <= '9') || (c == '.' && !whole); };
  double value = -1;
  if (text.empty() || !std::all_of(text.begin(), text.end(), allowed)) return -1;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failed == std::errc() && end == text.data() + text.size() ? value : -1;
}

}  // namespace

double parse_film_time(const std::string& text) {
  constexpr double most = 1e6;  // seconds: eleven days
  const auto fail = [&] {
    throw Error(ErrorCode::invalid_argument,
                "'" + text + "' is not a valid time; write seconds, 1:15 or 1:02:03.5");
  };
  double seconds = 0;
  std::string_view rest = text;
  for (int part = 0;; ++part) {
    const std::size_t colon = rest.find(':');
    const bool last = colon == std::string_view::npos;
    const double value = plain_number(rest.substr(0, colon), !last);
    // Minutes and seconds after a larger unit must be below 60.
    if (value < 0 || part > 2 || (part > 0 && value >= 60)) fail();
    seconds = seconds * 60 + value;
    if (last) break;
    rest.remove_prefix(colon + 1);
  }
  if (!(seconds <= most)) fail();
  return seconds;
}

std::string film_time_text(double seconds) {
  const auto hundredths = std::llround(std::max(0.0, seconds) * 100);
  const auto whole = hundredths / 100, rest = hundredths % 100;
  if (whole >= 3600)
    return fmt::format("{}:{:02}:{:02}.{:02}", whole / 3600, whole / 60 % 60, whole % 60, rest);
  return fmt::format("{}:{:02}.{:02}", whole / 60, whole % 60, rest);
}

}  // namespace faceshot::video
