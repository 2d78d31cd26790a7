#include "track/complete_tracks.hpp"

#include <algorithm>
#include <map>

namespace faceshot::track {
namespace {

Box between_boxes(const Box& a, const Box& b, float t) {
  return {a.x1 + t * (b.x1 - a.x1), a.y1 + t * (b.y1 - a.y1), a.x2 + t * (b.x2 - a.x2),
          a.y2 + t * (b.y2 - a.y2)};
}

}  // namespace

const char* to_string(BoxOrigin origin) noexcept {
  constexpr const char* names[] = {"detected", "low-score", "interpolated", "extended"};
  return names[static_cast<std::size_t>(origin)];
}

FilmTracks complete_tracks(std::span<const FilmFrame> film, const CompletionOptions& options) {
  Tracker tracker(options.tracker);
  std::map<std::int64_t, FilmTrack> tracks;
  FilmTracks result;
  result.report.frames = film.size();
  for (std::size_t f = 0; f < film.size(); ++f) {
    const FilmFrame& frame = film[f];
    if (frame.cut) tracker.reset();
    if (f == 0 || frame.cut) ++result.report.scenes;
    if (!frame.looked_at) {
      (void)tracker.predict(frame.seconds, frame.motion);
      continue;
    }
    for (const TrackedFace& face : tracker.update(frame.detections, frame.seconds, frame.motion)) {
      if (face.state != TrackState::detected) continue;
      FilmTrack& track = tracks[face.id];
      track.label = frame.detections[*face.detection].label;
      if (!track.boxes.empty()) {
        const FilmBox last = track.boxes.back();
        for (std::size_t g = last.frame + 1; g < f; ++g) {
          const Box box = between_boxes(
              last.box, face.box,
              static_cast<float>(g - last.frame) / static_cast<float>(f - last.frame));
          track.boxes.push_back({g, box, box, last.score, BoxOrigin::interpolated, 0, {}});
          ++result.report.interpolated;
        }
      }
      const bool sure = face.score >= options.tracker.high_score;
      ++(sure ? result.report.detected : result.report.low_score);
      track.boxes.push_back({f, face.box, face.box, face.score,
                             sure ? BoxOrigin::detected : BoxOrigin::low_score, face.uncertainty,
                             face.landmarks});
    }
  }
  for (auto& [id, track] : tracks) {
    track.id = static_cast<std::int64_t>(result.tracks.size()) + 1;
    result.tracks.push_back(std::move(track));
  }
  result.report.tracks = result.tracks.size();
  return result;
}

std::vector<std::vector<FrameBox>> boxes_by_frame(std::span<const FilmTrack> tracks,
                                                  std::size_t frames) {
  std::vector<std::vector<FrameBox>> result(frames);
  for (std::size_t t = 0; t < tracks.size(); ++t)
    for (std::size_t b = 0; b < tracks[t].boxes.size(); ++b)
      if (tracks[t].boxes[b].frame < frames) result[tracks[t].boxes[b].frame].push_back({t, b});
  return result;
}

}  // namespace faceshot::track
