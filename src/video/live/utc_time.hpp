// Times of events in ISO 8601.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>

namespace faceshot::video {

/// Seconds since 1970, by the system clock, which may be adjusted while we run. Thread safe.
[[nodiscard]] double utc_now();

/// "2026-11-30T18:30:26.123Z" (RFC 3339). @param utc seconds since 1970, 0 to the year 9999
[[nodiscard]] std::string utc_text(double utc);

/// "2026-11-30T18:00:00Z": the beginning of an hour.
[[nodiscard]] std::string utc_hour_text(std::int64_t hours_since_1970);

/// The same moment in the time zone of this machine. Thread safe.
[[nodiscard]] std::tm local_time(double utc);

/// Seconds of a clock that is never adjusted; its origin is arbitrary. Thread safe.
[[nodiscard]] double monotonic_now();

/// Processor time of the calling thread, seconds.
[[nodiscard]] double thread_processor_seconds();

}  // namespace faceshot::video
