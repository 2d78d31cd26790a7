// Times of a film as users write them.
#pragma once

#include <string>

namespace faceshot::video {

/// "75", "75.5", "1:15", "1:02:03.5": seconds; minutes and seconds; hours as well.
/// @return seconds, >= 0 @throws Error(invalid_argument) for anything else
[[nodiscard]] double parse_film_time(const std::string& text);

/// "1:15.50", "1:02:03.00".
[[nodiscard]] std::string film_time_text(double seconds);

}  // namespace faceshot::video
