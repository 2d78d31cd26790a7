#include "tracking/baselines.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "track/assignment.hpp"

namespace faceshot::bench {
namespace {

using evaluate::MotBox;

/// The Kalman filter of SORT and ByteTrack over (x, y, aspect, height) and their velocities per
/// frame: a two-dimensional filter for each of the four, since its matrices consist of such blocks.
class Xyah {
 public:
  explicit Xyah(const Box& box) {
    const std::array<double, 4> z = measure(box);
    const double h = z[3];
    for (std::size_t i = 0; i < 4; ++i) {
      at_[i] = z[i];
      const double place = i == 2 ? 1e-2 : 2 * h / 20, speed = i == 2 ? 1e-5 : 10 * h / 160;
      p_[i] = {place * place, 0, speed * speed};
    }
  }

  /// @param lost its height no longer changes (as in STrack::multi_predict)
  void predict(bool lost) {
    if (lost) rate_[3] = 0;
    const double h = at_[3];
    for (std::size_t i = 0; i < 4; ++i) {
      at_[i] += rate_[i];
      const double place = i == 2 ? 1e-2 : h / 20, speed = i == 2 ? 1e-5 : h / 160;
      P& p = p_[i];
      p = {p.at + 2 * p.both + p.rate + place * place, p.both + p.rate, p.rate + speed * speed};
    }
  }

  void update(const Box& box) {
    const std::array<double, 4> z = measure(box);
    const double h = at_[3];
    for (std::size_t i = 0; i < 4; ++i) {
      const double noise = i == 2 ? 1e-1 : h / 20;
      P& p = p_[i];
      const double total = p.at + noise * noise, gain = p.at / total, rate = p.both / total;
      const double off = z[i] - at_[i];
      at_[i] += gain * off;
      rate_[i] += rate * off;
      p = {(1 - gain) * p.at, (1 - gain) * p.both, p.rate - rate * p.both};
    }
  }

  [[nodiscard]] Box box() const {
    const double w = at_[2] * at_[3], h = at_[3];
    return {static_cast<float>(at_[0] - w / 2), static_cast<float>(at_[1] - h / 2),
            static_cast<float>(at_[0] + w / 2), static_cast<float>(at_[1] + h / 2)};
  }

 private:
  struct P {
    double at = 0, both = 0, rate = 0;
  };
  static std::array<double, 4> measure(const Box& b) {
    return {static_cast<double>(b.center_x()), static_cast<double>(b.center_y()),
            static_cast<double>(b.width() / b.height()), static_cast<double>(b.height())};
  }
  std::array<double, 4> at_{}, rate_{};
  std::array<P, 4> p_{};
};

struct ByteTrack {
  Xyah filter;
  std::int64_t id = 0;
  float score = 0;
  std::size_t last = 0;
  enum State { unconfirmed, tracked, lost } state = unconfirmed;
  bool matched = false;
};

/// One round: pairs of candidates and detections with a cost below `most`, which are removed from
/// both.
void match_round(std::vector<ByteTrack*>& candidates, std::vector<const Detection*>& detections,
                 float most, bool fuse_score, std::size_t frame) {
  std::vector<double> worth(candidates.size() * detections.size(), 0);
  for (std::size_t t = 0; t < candidates.size(); ++t)
    for (std::size_t d = 0; d < detections.size(); ++d) {
      const float likeness = iou(candidates[t]->filter.box(), detections[d]->box) *
                             (fuse_score ? detections[d]->score : 1.0F);
      worth[t * detections.size() + d] = static_cast<double>(likeness - (1 - most));
    }
  track::Assigner assigner;
  for (const track::Pair& pair : assigner.solve(worth, candidates.size(), detections.size())) {
    ByteTrack& track = *candidates[pair.row];
    const Detection& d = *detections[pair.column];
    track.filter.update(d.box);
    track.score = d.score;
    track.last = frame;
    track.state = ByteTrack::tracked;
    track.matched = true;
    candidates[pair.row] = nullptr;
    detections[pair.column] = nullptr;
  }
  std::erase(candidates, nullptr);
  std::erase(detections, nullptr);
}

/// Of a tracked and a lost track at the same place (IoU above 0.85) the younger is removed.
void remove_doubles(std::vector<ByteTrack>& tracks, const std::vector<std::size_t>& begun) {
  std::vector<bool> gone(tracks.size(), false);
  for (std::size_t a = 0; a < tracks.size(); ++a)
    for (std::size_t b = 0; b < tracks.size(); ++b) {
      if (tracks[a].state != ByteTrack::tracked || tracks[b].state != ByteTrack::lost) continue;
      if (iou(tracks[a].filter.box(), tracks[b].filter.box()) <= 0.85F) continue;
      const auto age = [&](std::size_t i) {
        return tracks[i].last - begun[static_cast<std::size_t>(tracks[i].id)];
      };
      gone[age(a) > age(b) ? b : a] = true;
    }
  std::size_t i = 0;
  std::erase_if(tracks, [&](const ByteTrack&) { return gone[i++]; });
}

}  // namespace

evaluate::MotBox mot_box(std::size_t frame, std::int64_t id, const Box& b, float score) {
  evaluate::MotBox box;
  box.frame = static_cast<int>(frame) + 1;
  box.id = id;
  box.left = static_cast<double>(b.x1);
  box.top = static_cast<double>(b.y1);
  box.width = static_cast<double>(b.width());
  box.height = static_cast<double>(b.height());
  box.confidence = static_cast<double>(score);
  return box;
}

std::vector<MotBox> frame_by_frame(const Film& film, float score) {
  std::vector<MotBox> result;
  for (std::size_t f = 0; f < film.frames.size(); ++f)
    for (const Detection& d : film.frames[f].detections)
      if (d.score >= score)
        result.push_back(mot_box(f, static_cast<std::int64_t>(result.size()) + 1, d.box, d.score));
  return result;
}

std::vector<MotBox> iou_matching(const Film& film, float score) {
  std::vector<MotBox> result;
  std::vector<std::pair<std::int64_t, Box>> before;
  std::int64_t next = 1;
  track::Assigner assigner;
  for (std::size_t f = 0; f < film.frames.size(); ++f) {
    std::vector<std::pair<std::int64_t, Box>> now;
    std::vector<float> scores;
    for (const Detection& d : film.frames[f].detections) {
      if (d.score < score) continue;
      now.emplace_back(0, d.box);
      scores.push_back(d.score);
    }
    std::vector<double> worth(before.size() * now.size(), 0);
    for (std::size_t a = 0; a < before.size(); ++a)
      for (std::size_t b = 0; b < now.size(); ++b) {
        const float overlap = iou(before[a].second, now[b].second);
        worth[a * now.size() + b] = overlap >= 0.3F ? static_cast<double>(overlap) : 0.0;
      }
    for (const track::Pair& pair : assigner.solve(worth, before.size(), now.size()))
      now[pair.column].first = before[pair.row].first;
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (now[i].first == 0) now[i].first = next++;
      result.push_back(mot_box(f, now[i].first, now[i].second, scores[i]));
    }
    before = std::move(now);
  }
  return result;
}

std::vector<MotBox> byte_track(const Film& film, const ByteTrackOptions& options) {
  std::vector<MotBox> result;
  std::vector<ByteTrack> tracks;
  std::vector<std::size_t> begun{0};
  const double rate =
      film.frames.size() > 1 ? 1 / (film.frames[1].seconds - film.frames[0].seconds) : 30;
  const auto kept = static_cast<std::size_t>(rate / 30 * options.buffer);
  for (std::size_t f = 0; f < film.frames.size(); ++f) {
    std::vector<const Detection*> high, low;
    for (const Detection& d : film.frames[f].detections)
      if (d.score > options.high)
        high.push_back(&d);
      else if (d.score > options.low)
        low.push_back(&d);
    std::vector<ByteTrack*> pool, unconfirmed;
    for (ByteTrack& track : tracks) {
      track.matched = false;
      if (track.state != ByteTrack::unconfirmed)
        track.filter.predict(track.state == ByteTrack::lost);
      (track.state == ByteTrack::unconfirmed ? unconfirmed : pool).push_back(&track);
    }
    match_round(pool, high, options.match, true, f);
    std::erase_if(pool, [](const ByteTrack* t) { return t->state == ByteTrack::lost; });
    match_round(pool, low, 0.5F, false, f);
    for (ByteTrack* track : pool) track->state = ByteTrack::lost;
    match_round(unconfirmed, high, 0.7F, true, f);
    std::erase_if(tracks, [&](const ByteTrack& t) {
      return !t.matched && (t.state == ByteTrack::unconfirmed || f - t.last > kept);
    });
    for (const Detection* d : high) {
      if (d->score < options.high + 0.1F) continue;
      ByteTrack& track = tracks.emplace_back(ByteTrack{Xyah(d->box)});
      track.id = static_cast<std::int64_t>(begun.size());
      begun.push_back(f);
      track.score = d->score;
      track.last = f;
      if (f == 0) track.state = ByteTrack::tracked;
    }
    remove_doubles(tracks, begun);
    for (const ByteTrack& track : tracks)
      if (track.state == ByteTrack::tracked && track.last == f)
        result.push_back(mot_box(f, track.id, track.filter.box(), track.score));
  }
  return result;
}

}  // namespace faceshot::bench
