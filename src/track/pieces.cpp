#include "track/pieces.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "track/association.hpp"

namespace faceshot::track {
namespace {

constexpr double unsure_doubt = 2;    ///< as in the Tracker
constexpr double back_seconds = 0.5;  ///< so long without a detection, a face is not followed back
constexpr std::size_t memory = 15;    ///< observations from which a motion is estimated
constexpr double join_distance = 3;   ///< deviations
constexpr double join_place = 0.5;    ///< deviation that two pieces may have anyway, in sizes
constexpr double join_size = 0.35;    ///< deviation of the logarithm of the size

/// Which detections of a frame have a track.
using Taken = std::vector<std::vector<bool>>;

void observe(MotionFilter& filter, const Observation& o) {
  filter.correct(o.seen.box, o.sure ? 1 : unsure_doubt);
}

/// The filter as it is at a piece's last observation.
MotionFilter at_end(std::span<const FilmFrame> film, const Piece& piece) {
  const std::size_t n = piece.seen.size();
  const std::size_t first = n - std::min(n, memory);
  MotionFilter filter(piece.seen[first].seen.box, {});
  for (std::size_t i = first + 1; i < n; ++i) {
    walk(filter, film, piece.seen[i - 1].frame, piece.seen[i].frame);
    observe(filter, piece.seen[i]);
  }
  return filter;
}

/// At its first, time running back.
MotionFilter at_begin(std::span<const FilmFrame> film, const Piece& piece) {
  const std::size_t last = std::min(piece.seen.size(), memory) - 1;
  MotionFilter filter(piece.seen[last].seen.box, {});
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
      piece.seen.push_back(
          {f, frame.detections[*face.detection], face.score >= options.tracker.high_score});
    }
  }
  std::vector<Piece> result;
  for (auto& [id, piece] : pieces) result.push_back(std::move(piece));
  return result;
}

void follow_back(std::span<const FilmFrame> film, const CompletionOptions& options,
                 const std::vector<std::size_t>& scenes, Taken& taken, Piece& piece) {
  MotionFilter filter = at_begin(film, piece);
  std::vector<Observation> before;
  std::size_t last = piece.seen.front().frame;
  const int label = piece.seen.front().seen.label;
  for (std::size_t f = last; f > 0 && scenes[f - 1] == piece.scene;) {
    walk(filter, film, f, f - 1);
    --f;
    if (std::abs(film[last].seconds - film[f].seconds) > back_seconds) break;
    const Box expected = filter.box();
    std::size_t best = film[f].detections.size();
    float most = options.tracker.low_iou;
    for (std::size_t d = 0; d < film[f].detections.size(); ++d) {
      const Detection& detection = film[f].detections[d];
      if (taken[f][d] || detection.label != label || !finite(detection.box) ||
          !(detection.score >= options.tracker.low_score))
        continue;
      const float overlap = iou(expected, detection.box);
      if (overlap > most) {
        most = overlap;
        best = d;
      }
    }
    if (best == film[f].detections.size()) continue;
    taken[f][best] = true;
    const Detection& seen = film[f].detections[best];
    before.push_back({f, seen, seen.score >= options.tracker.high_score});
    observe(filter, before.back());
    last = f;
  }
  piece.seen.insert(piece.seen.begin(), std::make_move_iterator(before.rbegin()),
                    std::make_move_iterator(before.rend()));
}

/// How far apart a piece and the one that may go on with it are: in deviations, squared; both where
/// the first one leads and where the second one comes from.
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
  return std::max(off(ahead, b.seen.front().seen.box), off(back, a.seen.back().seen.box));
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

std::vector<Piece> find_pieces(std::span<const FilmFrame> film, const CompletionOptions& options) {
  const std::vector<std::size_t> scenes = scenes_of(film);
  Taken taken(film.size());
  std::vector<Piece> pieces = track_forward(film, options, scenes, taken);
  for (Piece& piece : pieces) follow_back(film, options, scenes, taken, piece);
  std::stable_sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) {
    return a.seen.front().frame < b.seen.front().frame;
  });
  return pieces;
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
      if (pieces[b].scene != pieces[a].scene) break;  // by frame, so by scene
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
