// One live stream: its newest frame, the tracked faces in it, and their events.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "follow.hpp"
#include "network_options.hpp"
#include "streams/live_outputs.hpp"
#include "video/live/live_log.hpp"
#include "video/live/live_status.hpp"
#include "video/live/settings/cameras.hpp"
#include "video/writing/film_writer.hpp"

namespace faceshot::cli {

/// Shared by all streams of a run. Thread safe; must outlive the streams.
struct LiveServices {
  const TrackingNetwork& network;
  EventOutputs& events;
  LineTarget* frames = nullptr;  ///< one line per frame; null: none
  video::LiveLog log;
  std::atomic<int> detect_every{1};  ///< for streams without their own setting
  const LocalLook* local = nullptr;  ///< shares its detector among all; null: no detection between
                                     ///< full ones
  bool privacy = false;
  bool every_frame = false;
  std::string snapshots{};    ///< folder; empty: none
  double most_processor = 1;  ///< for a stream's decoder, cores
};

class LiveStream {
 public:
  /// @param recording file; empty: none
  /// @throws Error(invalid_argument) for impossible zones or an unusable encoder
  LiveStream(video::StreamSettings settings, std::uint32_t number, LiveServices& services,
             const std::string& recording, const video::WriteOptions& write);
  ~LiveStream();
  LiveStream(const LiveStream&) = delete;
  LiveStream& operator=(const LiveStream&) = delete;

  /// Connects. @param changed as for LiveSource
  void start(std::function<void()> changed);
  /// Processes the newest frame, if there is one; errors are reported, and end nothing.
  /// @return whether there is already another
  bool serve();
  /// Whether a frame is waiting to be served.
  [[nodiscard]] bool pending() const;
  /// Call from time to time: checks the stream's hours, and faces that have left while no frames
  /// arrive.
  void tick();
  /// No more frames. Not while serve() runs.
  void disconnect();
  /// Disconnects; all faces leave; finishes the recording. Not while serve() runs.
  void finish();

  [[nodiscard]] video::StreamStatus status() const;
  /// Latencies since the last call.
  [[nodiscard]] video::LatencyHistogram recent_latency();
  /// Processor time of the decoder since the last call, seconds.
  [[nodiscard]] double decoding_seconds();
  [[nodiscard]] bool ended() const;
  [[nodiscard]] const std::string& name() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::cli
