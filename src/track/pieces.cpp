#include "track/pieces.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "track/association.hpp"

namespace faceshot::track {
namespace {

constexpr double fill_distance = 3;  ///< in deviations, including the penalty of a low score
constexpr double fill_place = 0.3;   ///< additional deviation of a face's position, in sizes
constexpr double fill_size = 0.25;   ///< additional deviation of the logarithm of its size
constexpr float fill_score = 0.15F;  ///< detections below this are noise
constexpr double on_seconds = 1;     ///< a face is not followed for longer than this without a
                                     ///< detection
constexpr std::size_t memory = 15;   ///< observations used to estimate a motion
constexpr double join_distance = 3;  ///< deviations
constexpr double join_place = 0.5;   ///< additional deviation between the positions of two pieces,
                                     ///< in sizes
constexpr double join_size = 0.35;   ///< additional deviation of the logarithm of the size

Observation observation(std::size_t frame, const Detection& seen, const TrackerOptions& o) {
  return {frame, seen, uncut(seen.box, o.width, o.height), seen.score >= o.high_score};
}

void observe(MotionFilter& filter, const Observation& o) {
  filter.correct(o.whole, o.sure ? 1 : unsure_doubt);
}

/// The filter's state at a piece's last observation.
MotionFilter at_end(std::span<const FilmFrame> film, const Piece& piece) {
  const std::size_t n = piece.seen.size();
  const std::size_t first = n - std::min(n, memory);
  MotionFilter filter(piece.seen[first].whole, {});
  for (std::size_t i = first + 1; i < n; ++i) {
    walk(filter, film, piece.seen[i - 1].frame, piece.seen[i].frame);
    observe(filter, piece.seen[i]);
  }
  return filter;
}

/// At its first observation, with time running backwards.
MotionFilter at_begin(std::span<const FilmFrame> film, const Piece& piece) {
  const std::size_t last = std::min(piece.seen.size(), memory) - 1;
  MotionFilter filter(piece.seen[last].whole, {});
  for (std::size_t i = last; i-- > 0;) {
    walk(filter, film, piece.seen[i + 1].frame, piece.seen[i].frame);
    observe(filter, piece.seen[i]);
  }
  return filter;
}

std::vector<Piece> track_forward(std::span<const FilmFrame> film, const CompletionOptions& options,
                                 const std::vector<std::size_t>& scenes, Taken& taken) {
  Tracker tracker(options.tracker);
  std::map<std::int64_t, Piece> pieces;
  for (std::size_t f = 0; f < film.size(); ++f) {
    const FilmFrame& frame = film[f];
    if (f > 0 && scenes[f] != scenes[f - 1]) tracker.reset();
    taken[f].assign(frame.detections.size(), false);
    if (!frame.looked_at) {
      (void)tracker.predict(frame.seconds, frame.motion);
      continue;
    }
    for (const TrackedFace& face : tracker.update(frame.detections, frame.seconds, frame.motion)) {
      if (!face.detection) continue;
      Piece& piece = pieces[face.id];
      piece.scene = scenes[f];
      taken[f][*face.detection] = true;
      piece.seen.push_back(observation(f, frame.detections[*face.detection], options.tracker));
    }
  }
  std::vector<Piece> result;
  for (auto& [id, piece] : pieces) result.push_back(std::move(piece));
  return result;
}

/// The low-score detection of a frame that is most likely the face expected by a filter; none if
/// none is likely.
std::size_t likeliest(const FilmFrame& frame, const std::vector<bool>& taken,
                      const MotionFilter& filter, int label, const TrackerOptions& options) {
  const Box expected = filter.box();
  const double deviation = filter.edge_deviation();
  std::size_t best = frame.detections.size();
  double least = fill_distance * fill_distance;
  for (std::size_t d = 0; d < frame.detections.size(); ++d) {
    const Detection& detection = frame.detections[d];
    if (taken[d] || detection.label != label || !finite(detection.box) || !detection.box.valid() ||
        !(detection.score >= std::max(options.low_score, fill_score)))
      continue;
    const Box box = uncut(detection.box, options.width, options.height);
    const double size = std::sqrt(static_cast<double>(expected.area()));
    const double spread = std::hypot(deviation, fill_place * size);
    const double distance = std::hypot(static_cast<double>(expected.center_x() - box.center_x()),
                                       static_cast<double>(expected.center_y() - box.center_y())) /
                            spread;
    const double growth =
        0.5 * std::log(static_cast<double>(box.area() / expected.area())) / fill_size;
    const double unlikely =
        distance * distance + growth * growth - 2 * std::log(static_cast<double>(detection.score));
    if (unlikely < least) {
      least = unlikely;
      best = d;
    }
  }
  return best;
}

/// Continues from the piece's end, or back from its beginning, through low-score detections.
void follow_on(std::span<const FilmFrame> film, const CompletionOptions& options,
               const std::vector<std::size_t>& scenes, Taken& taken, bool forward, Piece& piece) {
  MotionFilter filter = forward ? at_end(film, piece) : at_begin(film, piece);
  std::vector<Observation> more;
  std::size_t f = forward ? piece.seen.back().frame : piece.seen.front().frame, last = f;
  const int label = piece.seen.front().seen.label;
  while (forward ? f + 1 < film.size() : f > 0) {
    const std::size_t to = forward ? f + 1 : f - 1;
    if (scenes[to] != piece.scene) break;
    walk(filter, film, f, to);
    f = to;
    if (std::abs(film[last].seconds - film[f].seconds) > on_seconds) break;
    const std::size_t best = likeliest(film[f], taken[f], filter, label, options.tracker);
    if (best == film[f].detections.size()) continue;
    taken[f][best] = true;
    const Detection& seen = film[f].detections[best];
    more.push_back(observation(f, seen, options.tracker));
    observe(filter, more.back());
    last = f;
  }
  if (forward)
    piece.seen.insert(piece.seen.end(), more.begin(), more.end());
  else
    piece.seen.insert(piece.seen.begin(), more.rbegin(), more.rend());
}

/// Distance between a piece and its possible continuation, in squared deviations: both where the
/// first one leads and where the second one comes from.
double gap_distance(std::span<const FilmFrame> film, const Piece& a, const Piece& b) {
  const std::size_t from = a.seen.back().frame, to = b.seen.front().frame;
  MotionFilter ahead = at_end(film, a), back = at_begin(film, b);
  walk(ahead, film, from, to);
  walk(back, film, to, from);
  const auto off = [](const MotionFilter& filter, const Box& seen) {
    const Box box = filter.box();
    const double size = std::sqrt(static_cast<double>(seen.area()));
    const double spread = std::hypot(filter.edge_deviation(), join_place * size);
    const double distance = std::hypot(static_cast<double>(box.center_x() - seen.center_x()),
                                       static_cast<double>(box.center_y() - seen.center_y()));
    const double growth = 0.5 * std::log(static_cast<double>(box.area() / seen.area()));
    return (distance / spread) * (distance / spread) + (growth / join_size) * (growth / join_size);
  };
  return std::max(off(ahead, b.seen.front().whole), off(back, a.seen.back().whole));
}

}  // namespace

std::vector<std::size_t> scenes_of(std::span<const FilmFrame> film) {
  std::vector<std::size_t> scenes(film.size(), 0);
  for (std::size_t f = 1; f < film.size(); ++f) scenes[f] = scenes[f - 1] + (film[f].cut ? 1 : 0);
  return scenes;
}

void walk(MotionFilter& filter, std::span<const FilmFrame> film, std::size_t from, std::size_t to) {
  while (from != to) {
    const std::size_t next = from < to ? from + 1 : from - 1;
    const double passed = std::abs(film[next].seconds - film[from].seconds);
    filter.advance(std::isfinite(passed) ? passed : 0);
    const CameraMotion& motion = film[std::max(from, next)].motion;
    if (motion != CameraMotion{} && motion.sane())
      filter.move(next > from ? motion : motion.inverse());
    from = next;
  }
}

std::vector<Piece> find_pieces(std::span<const FilmFrame> film, const CompletionOptions& options,
                               Taken& taken) {
  const std::vector<std::size_t> scenes = scenes_of(film);
  taken.assign(film.size(), {});
  std::vector<Piece> pieces = track_forward(film, options, scenes, taken);
  for (Piece& piece : pieces) follow_on(film, options, scenes, taken, false, piece);
  for (Piece& piece : pieces) follow_on(film, options, scenes, taken, true, piece);
  std::stable_sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) {
    return a.seen.front().frame < b.seen.front().frame;
  });
  return pieces;
}

void fill_gaps(std::span<const FilmFrame> film, const CompletionOptions& options, Taken& taken,
               Piece& piece) {
  for (std::size_t i = 0; i + 1 < piece.seen.size(); ++i) {
    const std::size_t from = piece.seen[i].frame, to = piece.seen[i + 1].frame;
    if (to == from + 1) continue;
    Piece before{piece.scene, {}}, after{piece.scene, {}};
    before.seen.assign(
        piece.seen.begin() + static_cast<std::ptrdiff_t>(i + 1 - std::min(i + 1, memory)),
        piece.seen.begin() + static_cast<std::ptrdiff_t>(i + 1));
    after.seen.assign(piece.seen.begin() + static_cast<std::ptrdiff_t>(i + 1),
                      piece.seen.begin() +
                          static_cast<std::ptrdiff_t>(std::min(piece.seen.size(), i + 1 + memory)));
    MotionFilter ahead = at_end(film, before);
    const MotionFilter behind = at_begin(film, after);
    for (std::size_t f = from + 1; f < to; ++f) {
      walk(ahead, film, f - 1, f);
      MotionFilter back = behind;
      walk(back, film, to, f);
      const MotionFilter guess = MotionFilter::merged(ahead, back);
      const std::size_t best =
          likeliest(film[f], taken[f], guess, piece.seen[i].seen.label, options.tracker);
      if (best == film[f].detections.size()) continue;
      taken[f][best] = true;
      const Detection& seen = film[f].detections[best];
      piece.seen.insert(piece.seen.begin() + static_cast<std::ptrdiff_t>(i + 1),
                        observation(f, seen, options.tracker));
      break;  // continue with the next gap
    }
  }
}

std::size_t join_pieces(std::span<const FilmFrame> film, const CompletionOptions& options,
                        std::vector<Piece>& pieces) {
  struct Joint {
    double distance;
    std::size_t before, after;
  };
  std::vector<Joint> joints;
  for (std::size_t a = 0; a < pieces.size(); ++a)
    for (std::size_t b = a + 1; b < pieces.size(); ++b) {
      const Observation &end = pieces[a].seen.back(), &begin = pieces[b].seen.front();
      if (pieces[b].scene != pieces[a].scene) break;  // sorted by frame, so by scene
      const double gap = film[begin.frame].seconds - film[end.frame].seconds;
      if (begin.frame <= end.frame || !(gap <= options.join_seconds) ||
          begin.seen.label != end.seen.label)
        continue;
      const double distance = gap_distance(film, pieces[a], pieces[b]);
      if (distance < join_distance * join_distance) joints.push_back({distance, a, b});
    }
  std::stable_sort(joints.begin(), joints.end(),
                   [](const Joint& x, const Joint& y) { return x.distance < y.distance; });
  std::vector<std::size_t> next(pieces.size(), pieces.size());
  std::vector<bool> begins(pieces.size(), true);
  std::size_t joined = 0;
  for (const Joint& j : joints) {
    if (next[j.before] != pieces.size() || !begins[j.after]) continue;
    next[j.before] = j.after;
    begins[j.after] = false;
    ++joined;
  }
  std::vector<Piece> result;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!begins[i]) continue;
    Piece whole = std::move(pieces[i]);
    for (std::size_t n = next[i]; n != pieces.size(); n = next[n])
      whole.seen.insert(whole.seen.end(), std::make_move_iterator(pieces[n].seen.begin()),
                        std::make_move_iterator(pieces[n].seen.end()));
    result.push_back(std::move(whole));
  }
  pieces = std::move(result);
  return joined;
}

}  // namespace faceshot::track
