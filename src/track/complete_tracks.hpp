// Complete tracks of a whole film, for hiding faces: one missed frame reveals a face.
//
// A tracker that runs forward only knows the past; here the rest of the film is known as well. Each
// scene is tracked; tracks are followed back into low-score detections before their beginning;
// pieces of one face are joined; gaps are interpolated; a track continues for some time beyond its
// first and last detection; and a box that is not a detection's own grows with its uncertainty. No
// track crosses a cut.
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

/// What is known about one frame.
struct FilmFrame {
  double seconds = 0;                 ///< as Tracker::update
  std::vector<Detection> detections;  ///< down to TrackerOptions::low_score; none if the detector
                                      ///< did not run
  bool looked_at = true;              ///< false: the detector did not run (--detect-every)
  bool cut = false;                   ///< a new scene begins here
  CameraMotion motion;                ///< since the previous frame
};

/// Why a frame has a box.
enum class BoxOrigin : std::uint8_t {
  detected,      ///< from a high-score detection
  low_score,     ///< from a low-score detection
  interpolated,  ///< between two observations
  extended,      ///< before the first or after the last observation
};

/// "detected", "low-score", "interpolated" or "extended".
[[nodiscard]] const char* to_string(BoxOrigin origin) noexcept;

struct FilmBox {
  std::size_t frame = 0;  ///< index into the film's frames
  Box box;                ///< best estimate, pixels; not clipped to the picture
  Box cover;              ///< area to hide: `box`, grown by the uncertainty
  float score = 0;        ///< of the detection; otherwise the lower of the neighbouring ones
  BoxOrigin origin = BoxOrigin::detected;
  float uncertainty = 0;                              ///< standard deviation of the edges, pixels
  std::optional<Landmarks> landmarks = std::nullopt;  ///< the detection's
};

/// One face in one scene.
struct FilmTrack {
  std::int64_t id = 0;         ///< from 1 in the order of the first detection, without gaps
  int label = 0;               ///< class, as Detection::label
  std::vector<FilmBox> boxes;  ///< one for each frame from the first to the last, without gaps
};

struct CompletionOptions {
  TrackerOptions tracker = {};
  /// A track continues for this long before its first and after its last detection, >= 0, within
  /// its scene.
  double extend_seconds = 0.5;
  double join_seconds = 2;     ///< pieces of one face at most this far apart are joined, >= 0
  float cover_deviations = 2;  ///< `cover` grows by this many standard deviations of its edges, 0
                               ///< to 10,
  float most_growth = 1;       ///< but on each side by at most this share of the box, 0 to 2,
  float seen_growth = 0.1F;    ///< and where the face was detected by at most this one
  bool smooth = false;         ///< also smooth the jitter of detected boxes (for drawing)
};

/// Frames [first, last] of one track whose boxes have the same origin.
struct DoubtfulSpan {
  std::int64_t id = 0;
  BoxOrigin origin = BoxOrigin::low_score;
  std::size_t first = 0, last = 0;  ///< frames
  float lowest_score = 0;           ///< of the boxes in it
  float uncertainty = 0;            ///< the greatest of them, pixels
  /// A person should check it: interpolated over more than a quarter of a second, or low-score for
  /// as long, or a whole track with detections in fewer than three frames. Never extensions.
  bool wants_look = false;
};

struct CompletionReport {
  std::size_t frames = 0, scenes = 0, tracks = 0;
  /// Boxes by origin, in the order of BoxOrigin.
  std::size_t detected = 0, low_score = 0, interpolated = 0, extended = 0;
  std::size_t joined = 0;              ///< how often two pieces became one track
  std::vector<DoubtfulSpan> doubtful;  ///< by id, then by frame; all that are not `detected`, and
                                       ///< tracks of one or two detections
};

struct FilmTracks {
  std::vector<FilmTrack> tracks;  ///< by id
  CompletionReport report;
};

/// Processes a whole film at once. Every high-score detection gets a track, even a single one;
/// low-score detections without a high-score one near them in time get none. Deterministic; thread
/// safe.
/// @throws Error(invalid_argument) for impossible options
[[nodiscard]] FilmTracks complete_tracks(std::span<const FilmFrame> film,
                                         const CompletionOptions& options = {});

/// The boxes in each frame of a film: pairs of (index of the track, index of its box).
struct FrameBox {
  std::size_t track = 0, box = 0;
};
[[nodiscard]] std::vector<std::vector<FrameBox>> boxes_by_frame(std::span<const FilmTrack> tracks,
                                                                std::size_t frames);

}  // namespace faceshot::track
