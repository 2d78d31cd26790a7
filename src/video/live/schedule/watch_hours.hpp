// The hours during which a camera is watched.
#pragma once

#include <array>
#include <ctime>
#include <string>
#include <vector>

namespace faceshot::video {

/// Hours of the week. By default: always.
class WatchHours {
 public:
  WatchHours() = default;
  /// @param rules alternatives: "mon-fri 07:00-19:00", "sat,sun 10:00-16:30", "22:00-06:00"
  ///        (every day; until 6 on the next day), "wed" (all day)
  /// @throws Error(invalid_argument) naming the rule and what is wrong with it
  explicit WatchHours(const std::vector<std::string>& rules);

  /// @param local only tm_wday, tm_hour and tm_min are used
  [[nodiscard]] bool contain(const std::tm& local) const noexcept;

 private:
  struct Span {
    std::array<bool, 7> days{};  ///< days on which it begins, from Sunday
    int from = 0, to = 24 * 60;  ///< minutes; `to` <= `from`: until the next day
  };
  std::vector<Span> spans_;
};

}  // namespace faceshot::video
