// The state of the streams, for users and monitoring: JSON, and Prometheus' text format.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "video/live/events/event.hpp"
#include "video/live/schedule/latency.hpp"
#include "video/live/sources/live_source.hpp"

namespace faceshot::video {

struct StreamStatus {
  std::string name, source;  ///< the source in the form of shown_source()
  SourceState state = SourceState::connecting;
  SourceCounters source_counters;
  int width = 0, height = 0;     ///< of the last frame as seen; 0: none yet
  double frame_age = -1;         ///< seconds since the last frame; below 0: none yet
  std::int64_t frames = 0;       ///< processed by the tracker
  std::int64_t looks = 0;        ///< of those: run through the detector as a whole
  std::int64_t still = 0;        ///< of those: skipped because nothing moved
  std::int64_t faces = 0;        ///< in view now
  double processor_seconds = 0;  ///< for reading, decoding, detecting and following
  LatencyHistogram latency;      ///< from a frame's arrival to its faces, since the start
  HourCounts totals;             ///< since the start
};

struct LiveStatus {
  double utc = 0, uptime = 0;  ///< seconds
  std::vector<StreamStatus> streams;
  double load = 0;       ///< recent utilisation of the threads, 0 to 1
  int detect_every = 1;  ///< current value
  bool has_webhook = false;
  std::int64_t queued = 0, sent = 0, send_failures = 0, rejected = 0, dropped = 0;
  std::int64_t snapshots = 0, snapshot_bytes = 0;  ///< on disk
  std::int64_t resident_bytes = 0;                 ///< of this process
  std::int64_t descriptors = 0;                    ///< open files of this process
};

/// "ok": all wanted streams are live; "down": none is; "degraded": some are.
[[nodiscard]] const char* health_of(const LiveStatus& status);

/// One indented object with the contents of the structures; latencies as p50, p95 and p99 in
/// seconds.
[[nodiscard]] std::string health_json(const LiveStatus& status);

/// For the textfile collector of Prometheus' node_exporter (text format 0.0.4).
[[nodiscard]] std::string prometheus_text(const LiveStatus& status);

/// Fills in resident_bytes and descriptors from the system.
void read_process(LiveStatus& status);

}  // namespace faceshot::video
