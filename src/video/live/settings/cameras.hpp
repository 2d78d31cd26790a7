// Reads cameras.toml, the file that lists streams.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "video/live/events/regions.hpp"
#include "video/live/schedule/watch_hours.hpp"
#include "video/live/sources/live_input.hpp"

namespace faceshot::video {

/// Settings for all streams; those that are not set have no value.
struct LiveSettings {
  std::optional<std::string> events, snapshots, webhook, webhook_secret_file, webhook_queue, health,
      metrics, log, keep_size;
  std::optional<double> keep_days, connect_timeout, read_timeout;
  std::optional<int> detect_every, threads;
  std::optional<bool> privacy;
};

struct StreamSettings {
  std::string name;
  InputOptions input;
  std::optional<int> detect_every;
  WatchHours hours;
  std::vector<Zone> zones;
  std::vector<Line> lines;
};

struct Cameras {
  LiveSettings live;
  std::vector<StreamSettings> streams;  ///< by name
};

/// Reads
///
///     [live]                       # optional; the command line has priority
///     events = "events.jsonl"
///     [streams.door]
///     source = "rtsp://camera/stream"
///     hours = ["mon-fri 07:00-19:00"]
///     [streams.door.zones]
///     desk = [[0.1, 0.5], [0.4, 0.5], [0.4, 1.0], [0.1, 1.0]]
///     [streams.door.lines]
///     entrance = [[0.5, 0.0], [0.5, 1.0]]
///
/// @throws Error(not_found), Error(format) naming file and line: unknown keys, impossible values,
/// no
///         stream, an invalid source
[[nodiscard]] Cameras read_cameras(const std::filesystem::path& file);

/// "500 MB", "2 GB", "1500000": bytes; k, M, G and T are powers of 1000.
/// @throws Error(invalid_argument)
[[nodiscard]] std::int64_t parse_bytes(const std::string& text);

}  // namespace faceshot::video
