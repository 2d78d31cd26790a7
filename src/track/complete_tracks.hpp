// The tracks of a whole film, made complete: for hiding faces, where one frame missed shows all.
//
// Forward in time a tracker knows only what was; here the rest of the film is known as well. Each
// scene is tracked; tracks are followed back into the unsure detections before their beginning;
// pieces that one face left are joined; gaps are interpolated; a track continues for some time
// beyond its first and last detection; and where a box is not a detection's own it grows with the
// doubt. No track passes a cut.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "faceshot/box.hpp"
#include "faceshot/camera_motion.hpp"
#include "faceshot/landmarks.hpp"
#include "faceshot/nms.hpp"
#include "faceshot/tracker.hpp"

namespace faceshot::track {

/// What is known of one frame.
struct FilmFrame {
  double seconds = 0;                 ///< as Tracker::update
  std::vector<Detection> detections;  ///< down to TrackerOptions::low_score; none if not looked at
  bool looked_at = true;              ///< false: no detector ran (--detect-every)
  bool cut = false;                   ///< another scene begins here
  CameraMotion motion;                ///< since the frame before
};

/// Why there is a box in a frame.
enum class BoxOrigin : std::uint8_t {
  detected,      ///< by a sure detection
  low_score,     ///< by an unsure one
  interpolated,  ///< between two that were seen
  extended,      ///< before the first or after the last that was seen
};

/// "detected", "low-score", "interpolated" or "extended".
[[nodiscard]] const char* to_string(BoxOrigin origin) noexcept;

struct FilmBox {
  std::size_t frame = 0;  ///< index into the film's frames
  Box box;                ///< best guess, pixels; clipped to the picture by nobody
  Box cover;              ///< what to hide: `box`, grown by what is not sure
  float score = 0;        ///< of the detection; else the lower of those beside it
  BoxOrigin origin = BoxOrigin::detected;
  float uncertainty = 0;                              ///< standard deviation of the edges, pixels
  std::optional<Landmarks> landmarks = std::nullopt;  ///< the detection's
};

/// One face in one scene.
struct FilmTrack {
  std::int64_t id = 0;         ///< from 1 in the order of the first detection, without gaps
  int label = 0;               ///< class, as Detection::label
  std::vector<FilmBox> boxes;  ///< one for each frame from the first to the last, none left out
};

struct CompletionOptions {
  TrackerOptions tracker = {};
  /// A track continues for so long before its first and after its last detection, >= 0. Only into
  /// frames of its scene.
  double extend_seconds = 0.5;
  double join_seconds = 2;     ///< pieces of one face at most so far apart are joined, >= 0
  float cover_deviations = 2;  ///< `cover` grows by so many deviations of its edges, 0 to 10
  float most_growth = 1;       ///< but on each side by at most this share of the box, 0 to 2,
  float seen_growth = 0.1F;    ///< and where the face was seen by this one
  bool smooth = false;         ///< even out the jitter of detected boxes, too (for drawing)
};

/// Frames [first, last] of one track in which its boxes have one origin.
struct DoubtfulSpan {
  std::int64_t id = 0;
  BoxOrigin origin = BoxOrigin::low_score;
  std::size_t first = 0, last = 0;  ///< frames
  float lowest_score = 0;           ///< of the boxes in it
  float uncertainty = 0;            ///< the greatest in it, pixels
  /// A person should look: interpolated over more than a quarter of a second, or unsure for as
  /// long, or all of a track that was seen in fewer than three frames. Extensions never.
  bool wants_look = false;
};

struct CompletionReport {
  std::size_t frames = 0, scenes = 0, tracks = 0;
  /// Boxes by origin, in the order of BoxOrigin.
  std::size_t detected = 0, low_score = 0, interpolated = 0, extended = 0;
  std::size_t joined = 0;              ///< how often two pieces became one track
  std::vector<DoubtfulSpan> doubtful;  ///< by id, then by frame; all that is not `detected`, and
                                       ///< tracks of one or two detections
};

struct FilmTracks {
  std::vector<FilmTrack> tracks;  ///< by id
  CompletionReport report;
};

/// All of a film at once. Any sure detection gets a track, were it alone; unsure ones without a
/// sure one beside them in time get none. Deterministic; thread safe.
/// @throws Error(invalid_argument) for impossible options
[[nodiscard]] FilmTracks complete_tracks(std::span<const FilmFrame> film,
                                         const CompletionOptions& options = {});

/// Which boxes there are in each frame of a film: pairs of (index of the track, index of its box).
struct FrameBox {
  std::size_t track = 0, box = 0;
};
[[nodiscard]] std::vector<std::vector<FrameBox>> boxes_by_frame(std::span<const FilmTrack> tracks,
                                                                std::size_t frames);

}  // namespace faceshot::track
