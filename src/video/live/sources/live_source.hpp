// The newest frame of a camera that may drop out and return.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "video/frame.hpp"
#include "video/live/live_log.hpp"
#include "video/live/sources/backoff.hpp"
#include "video/live/sources/live_input.hpp"
#include "video/placement.hpp"

namespace faceshot::video {

struct SourceOptions {
  std::string name;  ///< of the stream, in logs
  InputOptions input;
  BackoffOptions backoff;
  std::uint64_t seed = 1;    ///< for the jitter
  std::uint32_t number = 0;  ///< of the stream
  /// Frames wait to be taken and none is dropped; the sender has to wait. For films that come
  /// through a pipe.
  bool every_frame = false;
  bool wanted = true;  ///< false: asleep until set_wanted(); nothing is opened before
};

enum class SourceState : std::uint8_t {
  connecting,
  live,     ///< frames arrive
  waiting,  ///< connection lost, will be retried
  asleep,   ///< not wanted now
  ended,    ///< end of standard input
};

/// "connecting", "live", "waiting", "asleep", "ended".
[[nodiscard]] const char* name_of(SourceState state) noexcept;

struct SourceCounters {
  std::int64_t frames = 0;       ///< decoded
  std::int64_t dropped = 0;      ///< of those: replaced by a newer one before they were taken
  std::int64_t damaged = 0;      ///< packets and frames that were skipped
  std::int64_t connections = 0;  ///< with at least one frame
  std::int64_t failures = 0;     ///< attempts without a frame, and broken connections
  std::int64_t resized = 0;      ///< changes of the frame size
  std::int64_t jumps = 0;        ///< of the stream's clock
  double processor_seconds = 0;  ///< for reading and decoding
};

struct LiveFrame {
  Frame frame;          ///< seconds(): in monotonic_now()'s time, from StreamClock
  Placement placement;  ///< may differ from the last frame's
  double arrival = 0;   ///< monotonic_now() when it was decoded
  double utc = 0;       ///< utc_now() then
};

/// Connects, decodes on a thread of its own, and reconnects after increasing pauses as long as it
/// lives. Thread safe.
class LiveSource {
 public:
  /// @param open for each connection
  /// @param log may be empty @param changed may be empty: called on the source's thread when there
  /// is a
  ///        new frame or the state has changed; must not block
  /// @throws Error(invalid_argument) for impossible options
  LiveSource(const SourceOptions& options, OpenInput open, LiveLog log,
             std::function<void()> changed);
  ~LiveSource();  ///< ends the connection, waits for the thread
  /// Begins to connect; nothing is opened and nobody called before. Once, by the thread that made
  /// it, when `changed` may use the object.
  void start();
  LiveSource(const LiveSource&) = delete;
  LiveSource& operator=(const LiveSource&) = delete;

  /// The newest frame, at most once. False: there is no new one.
  bool take(LiveFrame& frame);
  [[nodiscard]] bool has_frame() const;

  [[nodiscard]] SourceState state() const;
  [[nodiscard]] SourceCounters counters() const;
  /// monotonic_now() at the arrival of the newest frame; 0: none yet.
  [[nodiscard]] double last_arrival() const;

  /// False: disconnects, and stays disconnected.
  void set_wanted(bool wanted);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::video
