// A sequence of frames, and the faces in them with their track ids.
#pragma once

#include <cstdint>
#include <string>

#include "faceshot/tracker.hpp"
#include "serve/api/engine.hpp"
#include "serve/api/look.hpp"

namespace faceshot::serve {

/// One client's stream. Move it by pointer only; one call at a time.
class LiveStream {
 public:
  LiveStream(StreamOptions options, const PhotographLimits& limits, Metrics& metrics)
      : options_(std::move(options)), limits_(limits), metrics_(metrics) {}

  /// Processes the next frame.
  /// @param engine may differ from the last call's
  /// @param seconds of the frame, of any clock
  /// @param number of the frame, for the answer @param dropped frames since the last answer
  /// @return JSON of one line: {"frame", "dropped", "width", "height", "faces"}; each face as in
  ///         face_json() plus "id" and "confirmed" (false: seen for the first time)
  /// @throws Problem as look_at(); Problem(bad_body) for a raw frame of another size
  [[nodiscard]] std::string look(const Bytes& frame, const Engine& engine, double seconds,
                                 std::int64_t number, std::int64_t dropped);

 private:
  struct Found {
    std::vector<Detection> faces;
    media::PhotographInfo info;
  };
  [[nodiscard]] Found find(const Bytes& frame, const Engine& engine) const;
  Tracker& tracker_for(const Engine& engine, const media::PhotographInfo& info);

  StreamOptions options_;
  PhotographLimits limits_;
  Metrics& metrics_;
  Tracker tracker_;
  TrackerOptions made_for_{};
  bool made_ = false;
};

}  // namespace faceshot::serve
