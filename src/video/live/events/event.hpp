// The events of a stream: one JSON object per event.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "faceshot/box.hpp"

namespace faceshot::video {

enum class EventKind : std::uint8_t {
  appeared,  ///< a new face
  left,      ///< a face was not seen for a while
  crossed,   ///< a face crossed a line
  entered,   ///< a face entered a zone, or appeared in it
  exited,    ///< a face left a zone, or left while in it
  counts,    ///< totals of an hour
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
  std::map<std::string, std::int64_t> zones;  ///< number of entries
};

struct Event {
  EventKind kind = EventKind::appeared;
  std::string stream;
  double utc = 0;             ///< seconds since 1970; for `left`: when the face was last seen
  std::int64_t face = 0;      ///< the track's id, unique within this stream and run
  Box box;                    ///< pixels, at that time
  int width = 0, height = 0;  ///< of the picture, pixels
  std::string place;          ///< zone or line
  bool inwards = false;       ///< for `crossed`
  double seconds = 0;         ///< for `left`: how long it was seen; for `exited`: how long it was
                              ///< inside
  std::string snapshot;       ///< for `left`: file with the best picture of it; empty: none
  double quality = 0;         ///< of the snapshot, in [0, 1]
  HourCounts counts;          ///< for `counts`
};

/// One line, without a line break:
/// {"time":"2026-11-30T18:30:26.123Z","stream":"door","event":"crossed","face":12,"line":"entrance",
/// "direction":"in","box":[x1,y1,x2,y2],"size":[width,height]}. Fields that a kind does not have
/// are omitted.
[[nodiscard]] std::string event_json(const Event& event);

}  // namespace faceshot::video
