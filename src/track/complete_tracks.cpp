#include "track/complete_tracks.hpp"

#include <algorithm>
#include <cmath>

#include "faceshot/error.hpp"
#include "track/association.hpp"
#include "track/motion_filter.hpp"
#include "track/pieces.hpp"

namespace faceshot::track {
namespace {

constexpr double look_seconds = 0.25;  ///< doubt that lasts longer should be checked by a person
constexpr std::size_t few = 3;         ///< and so should a track with fewer detections

void validate(const CompletionOptions& o) {
  const auto require = [](bool good, const char* message) {
    if (!good)
      throw Error(ErrorCode::invalid_argument, std::string("CompletionOptions::") + message);
  };
  require(o.extend_seconds >= 0, "extend_seconds must not be negative");
  require(o.join_seconds >= 0, "join_seconds must not be negative");
  require(o.cover_deviations >= 0 && o.cover_deviations <= 10, "cover_deviations must be in 0..10");
  require(o.most_growth >= 0 && o.most_growth <= 2, "most_growth must be in 0..2");
  require(o.seen_growth >= 0 && o.seen_growth <= 2, "seen_growth must be in 0..2");
}

/// Frames of a track, including its extensions.
struct Reach {
  std::size_t first = 0, last = 0;
};

Reach reach_of(std::span<const FilmFrame> film, const std::vector<std::size_t>& scenes,
               const Piece& piece, double seconds) {
  Reach reach{piece.seen.front().frame, piece.seen.back().frame};
  const double begin = film[reach.first].seconds, end = film[reach.last].seconds;
  while (reach.first > 0 && scenes[reach.first - 1] == piece.scene &&
         begin - film[reach.first - 1].seconds <= seconds)
    --reach.first;
  while (reach.last + 1 < film.size() && scenes[reach.last + 1] == piece.scene &&
         film[reach.last + 1].seconds - end <= seconds)
    ++reach.last;
  return reach;
}

/// The state of a filter that runs through the film in one direction, for each frame: before and
/// after the observation.
struct Pass {
  std::vector<MotionFilter> before, after;
};

/// @param step 1 or -1; the pass begins at the first observation in that direction and goes to
/// `end`
Pass run_pass(std::span<const FilmFrame> film, const Piece& piece, std::size_t end, bool forward) {
  const auto count = piece.seen.size();
  const auto at = [&](std::size_t i) -> const Observation& {
    return piece.seen[forward ? i : count - 1 - i];
  };
  MotionFilter filter(at(0).whole, {});
  Pass pass;
  std::size_t frame = at(0).frame, next = 1;
  pass.before.push_back(filter);
  pass.after.push_back(filter);
  while (frame != end) {
    const std::size_t to = forward ? frame + 1 : frame - 1;
    walk(filter, film, frame, to);
    frame = to;
    pass.before.push_back(filter);
    if (next < count && at(next).frame == frame) {
      filter.correct(at(next).whole, at(next).sure ? 1 : unsure_doubt);
      ++next;
    }
    pass.after.push_back(filter);
  }
  return pass;
}

/// @param most maximum growth on each side as a share of the box
Box covering(const Box& box, double deviation, float most, const CompletionOptions& o) {
  const auto side = [&](float length) {
    return static_cast<float>(std::min(static_cast<double>(o.cover_deviations) * deviation,
                                       static_cast<double>(most) * static_cast<double>(length)));
  };
  const float x = side(box.width()), y = side(box.height());
  return {box.x1 - x, box.y1 - y, box.x2 + x, box.y2 + y};
}

FilmBox film_box(std::size_t frame, const MotionFilter& guess, BoxOrigin origin, float score,
                 const CompletionOptions& o) {
  FilmBox box;
  box.frame = frame;
  box.box = guess.box();
  box.score = score;
  box.origin = origin;
  box.uncertainty = static_cast<float>(guess.edge_deviation());
  const bool seen = origin == BoxOrigin::detected || origin == BoxOrigin::low_score;
  box.cover = covering(box.box, guess.edge_deviation(), seen ? o.seen_growth : o.most_growth, o);
  return box;
}

/// Combines two filters, one in each direction of time, on each frame of the gaps (D. C. Fraser, J.
/// E. Potter, "The optimum linear smoother as a combination of two optimum linear filters", IEEE
/// TAC 14, 1969).
FilmTrack complete_piece(std::span<const FilmFrame> film, const std::vector<std::size_t>& scenes,
                         const Piece& piece, const CompletionOptions& o) {
  const Reach reach = reach_of(film, scenes, piece, o.extend_seconds);
  const std::size_t first = piece.seen.front().frame, last = piece.seen.back().frame;
  const Pass ahead = run_pass(film, piece, reach.last, true);
  const Pass back = run_pass(film, piece, reach.first, false);
  FilmTrack track;
  track.label = piece.seen.front().seen.label;
  std::size_t next = 0;
  for (std::size_t f = reach.first; f <= reach.last; ++f) {
    if (f < first) {
      track.boxes.push_back(film_box(f, back.before[last - f], BoxOrigin::extended,
                                     piece.seen.front().seen.score, o));
      continue;
    }
    if (f > last) {
      track.boxes.push_back(film_box(f, ahead.before[f - first], BoxOrigin::extended,
                                     piece.seen.back().seen.score, o));
      continue;
    }
    const Observation& seen = piece.seen[next];
    if (seen.frame != f) {
      const float score = std::min(piece.seen[next - 1].seen.score, seen.seen.score);
      track.boxes.push_back(
          film_box(f, MotionFilter::merged(ahead.before[f - first], back.before[last - f]),
                   BoxOrigin::interpolated, score, o));
      continue;
    }
    const MotionFilter guess =
        f == last ? ahead.after[f - first]
                  : MotionFilter::merged(ahead.after[f - first], back.before[last - f]);
    FilmBox box = film_box(f, guess, seen.sure ? BoxOrigin::detected : BoxOrigin::low_score,
                           seen.seen.score, o);
    if (!o.smooth) box.box = seen.seen.box;
    // Hides both the detector's box and the estimate from the rest of the track.
    const Box around = covering(seen.seen.box, guess.edge_deviation(), o.seen_growth, o);
    box.cover = {std::min(box.cover.x1, around.x1), std::min(box.cover.y1, around.y1),
                 std::max(box.cover.x2, around.x2), std::max(box.cover.y2, around.y2)};
    box.landmarks = seen.seen.landmarks;
    track.boxes.push_back(box);
    ++next;
  }
  return track;
}

void report_track(std::span<const FilmFrame> film, const FilmTrack& track,
                  CompletionReport& report) {
  std::size_t seen = 0;
  for (const FilmBox& box : track.boxes) {
    std::size_t* const counts[] = {&report.detected, &report.low_score, &report.interpolated,
                                   &report.extended};
    ++*counts[static_cast<std::size_t>(box.origin)];
    seen += box.origin == BoxOrigin::detected || box.origin == BoxOrigin::low_score ? 1 : 0;
  }
  const bool rare = seen < few;
  for (std::size_t i = 0; i < track.boxes.size();) {
    const FilmBox& begin = track.boxes[i];
    DoubtfulSpan span{track.id, begin.origin, begin.frame, begin.frame, begin.score};
    for (; i < track.boxes.size() && track.boxes[i].origin == begin.origin; ++i) {
      span.last = track.boxes[i].frame;
      span.lowest_score = std::min(span.lowest_score, track.boxes[i].score);
      span.uncertainty = std::max(span.uncertainty, track.boxes[i].uncertainty);
    }
    if (begin.origin == BoxOrigin::detected && !rare) continue;
    // From the frame before the doubtful ones to the one after them.
    const std::size_t before = std::max<std::size_t>(span.first, 1) - 1;
    const std::size_t after = std::min(span.last + 1, film.size() - 1);
    span.wants_look = begin.origin != BoxOrigin::extended &&
                      (rare || film[after].seconds - film[before].seconds > look_seconds);
    report.doubtful.push_back(span);
  }
}

}  // namespace

const char* to_string(BoxOrigin origin) noexcept {
  constexpr const char* names[] = {"detected", "low-score", "interpolated", "extended"};
  return names[static_cast<std::size_t>(origin)];
}

FilmTracks complete_tracks(std::span<const FilmFrame> film, const CompletionOptions& options) {
  validate(options);
  FilmTracks result;
  CompletionReport& report = result.report;
  report.frames = film.size();
  const std::vector<std::size_t> scenes = scenes_of(film);
  report.scenes = film.empty() ? 0 : scenes.back() + 1;
  Taken taken;
  std::vector<Piece> pieces = find_pieces(film, options, taken);
  report.joined = join_pieces(film, options, pieces);
  for (Piece& piece : pieces) fill_gaps(film, options, taken, piece);
  for (const Piece& piece : pieces) {
    FilmTrack& track = result.tracks.emplace_back(complete_piece(film, scenes, piece, options));
    track.id = static_cast<std::int64_t>(result.tracks.size());
    report_track(film, track, report);
  }
  report.tracks = result.tracks.size();
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
