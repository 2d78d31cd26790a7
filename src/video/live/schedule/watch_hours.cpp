#include "video/live/schedule/watch_hours.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <string_view>

#include "faceshot/error.hpp"

namespace faceshot::video {
namespace {

constexpr int day_minutes = 24 * 60;

[[noreturn]] void bad_rule(const std::string& rule, const std::string& why) {
  throw Error(ErrorCode::invalid_argument,
              "'" + rule + "' " + why + "; write it like \"mon-fri 07:00-19:00\"");
}

std::optional<std::size_t> day_of(std::string_view name) {
  constexpr std::array<std::string_view, 7> names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  const auto* const at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) return std::nullopt;
  return static_cast<std::size_t>(at - names.begin());
}

std::array<bool, 7> days_of(const std::string& rule, std::string_view text) {
  std::array<bool, 7> days{};
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    const std::size_t dash = part.find('-');
    const auto first = day_of(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : day_of(part.substr(dash + 1));
    if (!first || !last) bad_rule(rule, "names an unknown day");
    for (std::size_t day = *first;; day = (day + 1) % 7) {
      days[day] = true;
      if (day == *last) break;
    }
  }
  return days;
}

int minutes_of(const std::string& rule, const std::string& text) {
  int hours = 0, minutes = 0, read = 0;
  const bool whole = std::sscanf(text.c_str(), "%2d:%2d%n", &hours, &minutes, &read) == 2 &&
                     static_cast<std::size_t>(read) == text.size();
  const int all = 60 * hours + minutes;
  if (!whole || hours < 0 || minutes < 0 || minutes > 59 || all > day_minutes)
    bad_rule(rule, "names an invalid time");
  return all;
}

}  // namespace

WatchHours::WatchHours(const std::vector<std::string>& rules) {
  for (const std::string& rule : rules) {
    Span span;
    std::string rest = rule;
    const bool has_days = !rest.empty() && rest.front() >= 'a' && rest.front() <= 'z';
    if (has_days) {
      const std::size_t space = rest.find(' ');
      span.days = days_of(rule, std::string_view(rest).substr(0, space));
      rest = space == std::string::npos ? "" : rest.substr(space + 1);
    } else {
      span.days.fill(true);
      if (rest.empty()) bad_rule(rule, "is empty");
    }
    if (!rest.empty()) {
      const std::size_t dash = rest.find('-');
      if (dash == std::string::npos) bad_rule(rule, "has no end");
      span.from = minutes_of(rule, rest.substr(0, dash));
      span.to = minutes_of(rule, rest.substr(dash + 1));
    }
    spans_.push_back(span);
  }
}

bool WatchHours::contain(const std::tm& local) const noexcept {
  if (spans_.empty()) return true;
  const auto today = static_cast<std::size_t>(std::clamp(local.tm_wday, 0, 6));
  const std::size_t yesterday = (today + 6) % 7;
  const int now = 60 * local.tm_hour + local.tm_min;
  for (const Span& span : spans_) {
    const bool overnight = span.to <= span.from;
    const int end = overnight ? day_minutes : span.to;
    if (span.days[today] && now >= span.from && now < end) return true;
    if (overnight && span.days[yesterday] && now < span.to) return true;
  }
  return false;
}

}  // namespace faceshot::video
