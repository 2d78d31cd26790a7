#include "faceshot/tracker.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "faceshot/error.hpp"
#include "track/assignment.hpp"
#include "track/association.hpp"
#include "track/motion_filter.hpp"

namespace faceshot {
inline namespace v0_1 {
namespace {

constexpr float farthest_pixel = 1e6F;
constexpr float second_look_buffer = 1;  ///< growth of boxes in the second round, for tracks
                                         ///< without an overlapping detection
constexpr double unsure_seconds = 0.5;   ///< low-score detections are not matched with tracks lost
                                         ///< for longer
constexpr int most_virtual_steps = 30;

void require(bool good, const std::string& message) {
  if (!good) throw Error(ErrorCode::invalid_argument, "TrackerOptions::" + message);
}

void validate(const TrackerOptions& o) {
  const auto share = [](float x) { return x >= 0 && x <= 1; };
  require(share(o.high_score), "high_score must be in 0..1");
  require(o.low_score >= 0 && o.low_score <= o.high_score, "low_score must be in 0..high_score");
  require(o.birth_score >= o.high_score && o.birth_score <= 1,
          "birth_score must be in high_score..1");
  require(share(o.high_iou) && o.high_iou < 1, "high_iou must be in 0..1, below 1");
  require(share(o.low_iou) && o.low_iou < 1, "low_iou must be in 0..1, below 1");
  require(o.confirmations >= 1 && o.confirmations <= 100, "confirmations must be in 1..100");
  require(o.lost_seconds > 0, "lost_seconds must be above 0");
  require(share(o.direction), "direction must be in 0..1");
  require(o.width >= 0 && o.height >= 0, "width and height must not be negative");
  require(o.most_tracks >= 1 && o.most_tracks <= 10000, "most_tracks must be in 1..10000");
}

struct Track {
  Track(std::int64_t number, const Detection& first, const Box& whole, double seconds,
        const track::MotionModel& model) noexcept
      : id(number), label(first.label), filter(whole, model), seen_filter(filter) {
    saw(whole, first.score, seconds);
  }

  void saw(const Box& whole, float its_score, double seconds) noexcept {
    trail.add(whole, seconds);
    seen_filter = filter;
    seen_at = seconds;
    score = its_score;
    missed = 0;
  }

  /// Found again after `missed` frames: the filter is run again from its last observation along a
  /// straight path, which removes the errors accumulated meanwhile (OC-SORT, section 4.1).
  void repair(const Box& box, double seconds) noexcept {
    const Box from = trail.last();
    const int steps = std::min(missed + 1, most_virtual_steps);
    const double step = (seconds - seen_at) / steps;
    filter = seen_filter;
    for (int i = 1; i < steps; ++i) {
      const float t = static_cast<float>(i) / static_cast<float>(steps);
      const auto between = [t](float a, float b) { return a + t * (b - a); };
      filter.advance(step);
      filter.correct({between(from.x1, box.x1), between(from.y1, box.y1), between(from.x2, box.x2),
                      between(from.y2, box.y2)});
    }
    filter.advance(step);
  }

  std::int64_t id;
  int label;
  track::MotionFilter filter;
  track::MotionFilter seen_filter;  ///< at the last observation, moved by the camera
  track::Trail trail;
  double seen_at = 0;
  float score = 0;
  int hits = 1;    ///< number of observations until it is confirmed
  int missed = 0;  ///< processed frames since the last observation
  bool confirmed = false;
  std::optional<std::size_t> detection = std::size_t{0};  ///< in the last processed frame
};

}  // namespace

struct Tracker::Impl {
  explicit Impl(const TrackerOptions& o) : options(o) {}

  [[nodiscard]] Box whole(const Detection& d) const noexcept {
    return track::uncut(d.box, options.width, options.height);
  }
  void pass_time(double seconds, const CameraMotion& motion);
  void sort_detections(std::span<const Detection> detections);
  template <typename Worth>
  void associate(std::span<const Detection> detections, std::vector<std::size_t>& left,
                 const Worth& worth);
  void take(Track& track, std::span<const Detection> detections, std::size_t index);
  void give_birth(std::span<const Detection> detections);
  void bury();
  std::span<const TrackedFace> list(std::span<const Detection> detections, bool looked_at);

  TrackerOptions options;
  track::MotionModel model;
  std::vector<Track> tracks;  ///< by id
  std::vector<TrackedFace> faces;
  std::vector<std::size_t> order, high, low, open;  ///< detections; open: tracks without one
  std::vector<double> worth;
  track::Assigner assigner;
  std::int64_t next_id = 1;
  double now = 0;
  bool begun = false;  ///< a time is known
};

Tracker::Tracker(const TrackerOptions& options) {
  validate(options);
  impl_ = std::make_unique<Impl>(options);
}

Tracker::~Tracker() = default;
Tracker::Tracker(Tracker&&) noexcept = default;
Tracker& Tracker::operator=(Tracker&&) noexcept = default;

const TrackerOptions& Tracker::options() const noexcept { return impl_->options; }

void Tracker::reset() noexcept {
  impl_->tracks.clear();
  impl_->faces.clear();
  impl_->begun = false;
}

void Tracker::Impl::pass_time(double seconds, const CameraMotion& motion) {
  const bool usable = std::isfinite(seconds);
  const double passed = usable && begun ? std::max(0.0, seconds - now) : 0.0;
  if (usable && (!begun || seconds > now)) now = seconds;
  begun = begun || usable;
  const bool moves = motion.sane() && motion != CameraMotion{};
  for (Track& track : tracks) {
    track.filter.advance(passed);
    if (!moves) continue;
    track.filter.move(motion);
    track.seen_filter.move(motion);
    track.trail.move(motion);
  }
}

/// Sorts the best into `high` and `low`, in the given order.
void Tracker::Impl::sort_detections(std::span<const Detection> detections) {
  order.clear();
  for (std::size_t i = 0; i < detections.size(); ++i) {
    const Detection& d = detections[i];
    const auto near = [](float x) { return std::abs(x) <= farthest_pixel; };
    if (d.score >= options.low_score && d.box.valid() && near(d.box.x1) && near(d.box.y1) &&
        near(d.box.x2) && near(d.box.y2))
      order.push_back(i);
  }
  const auto most = static_cast<std::size_t>(options.most_tracks);
  if (order.size() > most) {
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      const float left = detections[a].score, right = detections[b].score;
      return left != right ? left > right : a < b;
    });
    order.resize(most);
    std::sort(order.begin(), order.end());
  }
  high.clear();
  low.clear();
  for (const std::size_t i : order)
    (detections[i].score >= options.high_score ? high : low).push_back(i);
}

/// One round: pairs of open tracks and remaining detections, which are removed from both.
template <typename Worth>
void Tracker::Impl::associate(std::span<const Detection> detections, std::vector<std::size_t>& left,
                              const Worth& worth_of) {
  if (open.empty() || left.empty()) return;
  worth.resize(open.size() * left.size());
  for (std::size_t t = 0; t < open.size(); ++t)
    for (std::size_t d = 0; d < left.size(); ++d) {
      const Track& track = tracks[open[t]];
      const Detection& detection = detections[left[d]];
      worth[t * left.size() + d] =
          track.label == detection.label ? worth_of(track, whole(detection), detection.score) : 0.0;
    }
  constexpr std::size_t gone = static_cast<std::size_t>(-1);
  for (const track::Pair& pair : assigner.solve(worth, open.size(), left.size())) {
    take(tracks[open[pair.row]], detections, left[pair.column]);
    open[pair.row] = gone;
    left[pair.column] = gone;
  }
  std::erase(open, gone);
  std::erase(left, gone);
}

void Tracker::Impl::take(Track& track, std::span<const Detection> detections, std::size_t index) {
  const Detection& seen = detections[index];
  const Box box = whole(seen);
  if (track.missed > 0 && now > track.seen_at) track.repair(box, now);
  track.filter.correct(box, seen.score >= options.high_score ? 1.0 : track::unsure_doubt);
  track.saw(box, seen.score, now);
  track.detection = index;
  if (track.confirmed) return;
  track.hits += seen.score >= options.high_score ? 1 : 0;
  track.confirmed = track.hits >= options.confirmations;
}

void Tracker::Impl::give_birth(std::span<const Detection> detections) {
  for (const std::size_t i : high) {
    if (detections[i].score < options.birth_score) continue;
    if (tracks.size() >= static_cast<std::size_t>(options.most_tracks)) return;
    Track& track = tracks.emplace_back(next_id++, detections[i], whole(detections[i]), now, model);
    track.detection = i;
    track.confirmed = options.confirmations == 1;
  }
}

/// After the association, so that a face that stood still through a long gap keeps its track.
void Tracker::Impl::bury() {
  std::erase_if(tracks, [this](const Track& track) {
    return !track.detection && (!track.confirmed || now - track.seen_at > options.lost_seconds);
  });
}

std::span<const TrackedFace> Tracker::Impl::list(std::span<const Detection> detections,
                                                 bool looked_at) {
  faces.clear();
  for (const Track& track : tracks) {
    TrackedFace& face = faces.emplace_back();
    face.id = track.id;
    face.score = track.score;
    face.confirmed = track.confirmed;
    face.uncertainty = static_cast<float>(track.filter.edge_deviation());
    face.unseen = std::max(0.0, now - track.seen_at);
    if (looked_at && track.detection) {
      const Detection& seen = detections[*track.detection];
      face.box = seen.box;
      face.landmarks = seen.landmarks;
      face.state = TrackState::detected;
      face.detection = track.detection;
    } else {
      face.box = track.filter.box();
    }
  }
  return faces;
}

std::span<const TrackedFace> Tracker::update(std::span<const Detection> detections, double seconds,
                                             const CameraMotion& motion) {
  Impl& t = *impl_;
  const TrackerOptions& o = t.options;
  t.pass_time(seconds, motion);
  t.sort_detections(detections);
  t.open.clear();
  for (std::size_t i = 0; i < t.tracks.size(); ++i) {
    t.tracks[i].detection.reset();
    t.open.push_back(i);
  }
  t.associate(detections, t.high, [&](const Track& track, const Box& box, float score) {
    const float overlap = iou(track.filter.box(), box);
    if (!(overlap > o.high_iou)) return 0.0;
    return static_cast<double>(overlap) +
           static_cast<double>(o.direction * score) * (1 + track.trail.straightness(box)) / 2;
  });
  t.associate(detections, t.high, [&](const Track& track, const Box& box, float) {
    const float overlap =
        std::max(track::buffered_iou(track.filter.box(), box, second_look_buffer),
                 track::buffered_iou(track.trail.last(), box, second_look_buffer));
    return overlap > o.high_iou ? static_cast<double>(overlap) : 0.0;
  });
  t.associate(detections, t.low, [&](const Track& track, const Box& box, float) {
    const float overlap = iou(track.filter.box(), box);
    return overlap > o.low_iou && t.now - track.seen_at <= unsure_seconds
               ? static_cast<double>(overlap)
               : 0.0;
  });
  for (const std::size_t i : t.open) ++t.tracks[i].missed;
  t.give_birth(detections);
  t.bury();
  return t.list(detections, true);
}

std::span<const TrackedFace> Tracker::predict(double seconds, const CameraMotion& motion) {
  impl_->pass_time(seconds, motion);
  return impl_->list({}, false);
}

}  // namespace v0_1
}  // namespace faceshot
