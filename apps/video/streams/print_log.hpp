// Log lines of live streams on standard error.
#pragma once

#include "video/live/live_log.hpp"

namespace faceshot::cli {

/// "faceshot: door: connected: ..." or, with `json`, {"time":...,"level":"info","stream":"door",
/// "event":"connected","message":...}: one line each, whole. Thread safe.
[[nodiscard]] video::LiveLog print_log(bool json);

}  // namespace faceshot::cli
