// The log of live streams, line by line.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace faceshot::video {

enum class LogLevel : std::uint8_t { info, warning, error };

/// "info", "warning", "error".
[[nodiscard]] constexpr const char* name_of(LogLevel level) noexcept {
  return level == LogLevel::info ? "info" : level == LogLevel::warning ? "warning" : "error";
}

struct LogLine {
  LogLevel level = LogLevel::info;
  std::string stream;   ///< its name; empty: concerns all
  std::string what;     ///< for programs: "connected", "lost", "resized", "webhook_failed", ...
  std::string message;  ///< for people: one line, without passwords
};

/// Called from any thread, possibly concurrently.
using LiveLog = std::function<void(const LogLine&)>;

}  // namespace faceshot::video
