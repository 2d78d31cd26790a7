// The events of a stream: one JSON object per event.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "faceshot/box.hpp"

namespace faceshot::video {

enum class EventKind : std::uint8_t {
  appeared,  ///< a face, for the first time
  left,      ///< it was not seen for a while
  crossed,   ///< a line
  entered,   ///< a zone; or it appeared there
  exited,    ///< a zone; or it left while it was there
  counts,    ///< of an hour
};

/// "appeared", "left", ...
[[nodiscard]] const char* name_of(EventKind kind) noexcept;

struct LineCount {
  std::int64_t in = 0, out = 0;
};

struct HourCounts {
  std::int64_t hour = 0;  ///< hours since 1970, UTC
  std::int64_t appeared = 0;
  std::map<std::string, LineCount> lines;
  std::map<std::string, std::int64_t> zones;  ///< how often they were entered
};

struct Event {
  EventKind kind = EventKind::appeared;
  std::string stream;
  double utc = 0;             ///< seconds since 1970; of `left`: when the face was last seen
  std::int64_t face = 0;      ///< the track's id; one that is reported once, of this stream and run
  Box box;                    ///< pixels, where it was then
  int width = 0, height = 0;  ///< of the picture, pixels
  std::string place;          ///< zone or line
  bool inwards = false;       ///< of `crossed`
  double seconds = 0;         ///< of `left`: seen for so long; of `exited`: so long inside
  std::string snapshot;       ///< of `left`: file with the best picture of it; empty: none
  double quality = 0;         ///< of that, in [0, 1]
  HourCounts counts;          ///< of `counts`
};

/// One line, without a line break:
/// {"time":"2026-11-30T18:30:26.123Z","stream":"door","event":"crossed","face":12,"line":"entrance",
/// "direction":"in","box":[x1,y1,x2,y2],"size":[width,height]}. What a kind does not have is not
/// there.
[[nodiscard]] std::string event_json(const Event& event);

}  // namespace faceshot::video
