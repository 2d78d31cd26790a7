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

/// What all streams of a run share. All of it is thread safe, and outlives the streams.
struct LiveServices {
  const TrackingNetwork& network;
  EventOutputs& events;
  LineTarget* frames = nullptr;  ///< a line a frame; none: not wanted
  video::LiveLog log;
  std::atomic<int> detect_every{1};  ///< of streams that name none
  const LocalLook* local = nullptr;  ///< whose detector all share; none: frames between looks are
                                     ///< not looked at
  bool privacy = false;
  bool every_frame = false;
  std::string snapshots{};    ///< folder; empty: none
  double most_processor = 1;  ///< of a stream's decoder, cores
};

class LiveStream {
 public:
  /// @param recording file; empty: none
  /// @throws Error(invalid_argument) for zones or an encoder that cannot be
  LiveStream(video::StreamSettings settings, std::uint32_t number, LiveServices& services,
             const std::string& recording, const video::WriteOptions& write);
  ~LiveStream();
  LiveStream(const LiveStream&) = delete;
  LiveStream& operator=(const LiveStream&) = delete;

  /// Connects. @param changed as LiveSource's
  void start(std::function<void()> changed);
  /// The newest frame, if there is one; what is wrong with it is reported, and ends nothing.
  /// @return whether there is another already
  bool serve();
  /// A frame waits to be served.
  [[nodiscard]] bool pending() const;
  /// Every now and then: the stream's hours, faces that have left while no frames come.
  void tick();
  /// No frame comes any more. Not while serve() runs.
  void disconnect();
  /// Disconnects; all faces leave; the recording is finished. Not while serve() runs.
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
