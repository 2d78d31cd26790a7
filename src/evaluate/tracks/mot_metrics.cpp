#include "evaluate/tracks/mot_metrics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "evaluate/tracks/mot_frames.hpp"
#include "track/assignment.hpp"

namespace faceshot::evaluate {
namespace {

constexpr double tiny = std::numeric_limits<double>::epsilon();

double ratio(double part, double whole) { return part / std::max(1.0, whole); }
double ratio(std::size_t part, std::size_t whole) {
  return ratio(static_cast<double>(part), static_cast<double>(whole));
}

/// CLEAR MOT's counts during one pass through a film.
struct ClearCounts {
  explicit ClearCounts(std::size_t ids)
      : frames(ids), matched(ids), begun(ids), last(ids, none), before(ids, none) {}
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::vector<std::size_t> frames, matched, begun;  ///< of each face
  std::vector<std::size_t> last, before;  ///< the face's last track, and its track in the previous
                                          ///< frame
};

void clear_frame(const MotFrame& frame, ClearCounts& counts, ClearMot& clear,
                 track::Assigner& assigner) {
  const std::size_t rows = frame.truth.size(), columns = frame.found.size();
  for (const std::size_t id : frame.truth) ++counts.frames[id];
  if (rows == 0 || columns == 0) {
    clear.fp += columns;
    clear.fn += rows;
    return;
  }
  // Tracks that had a face in the previous frame keep it, whatever the overlap of others.
  std::vector<double> worth(rows * columns, 0);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      const double overlap = frame.iou[r * columns + c];
      if (overlap < 0.5 - tiny) continue;
      worth[r * columns + c] =
          overlap + (counts.before[frame.truth[r]] == frame.found[c] ? 1000.0 : 0.0);
    }
  const auto pairs = assigner.solve(worth, rows, columns);
  std::vector<std::size_t> now(counts.before.size(), ClearCounts::none);
  for (const track::Pair& pair : pairs) {
    const std::size_t face = frame.truth[pair.row], track = frame.found[pair.column];
    if (counts.last[face] != ClearCounts::none && counts.last[face] != track) ++clear.switches;
    if (counts.before[face] == ClearCounts::none) ++counts.begun[face];
    counts.last[face] = track;
    now[face] = track;
    ++counts.matched[face];
    clear.overlap += frame.iou[pair.row * columns + pair.column];
  }
  counts.before = std::move(now);
  clear.tp += pairs.size();
  clear.fn += rows - pairs.size();
  clear.fp += columns - pairs.size();
}

ClearMot clear_mot(const MotFrames& film) {
  ClearMot clear;
  if (film.found_boxes == 0) {
    clear.fn = film.truth_boxes;
    clear.mostly_lost = film.truth_ids;
    return clear;
  }
  ClearCounts counts(film.truth_ids);
  track::Assigner assigner;
  for (const MotFrame& frame : film.frames) clear_frame(frame, counts, clear, assigner);
  for (std::size_t i = 0; i < film.truth_ids; ++i) {
    const double share =
        static_cast<double>(counts.matched[i]) / static_cast<double>(counts.frames[i]);
    ++(share > 0.8    ? clear.mostly_tracked
       : share >= 0.2 ? clear.partly_tracked
                      : clear.mostly_lost);
    clear.fragments += counts.begun[i] > 0 ? counts.begun[i] - 1 : 0;
  }
  return clear;
}

IdentityScore identity_score(const MotFrames& film) {
  std::vector<double> together(film.truth_ids * film.found_ids, 0);
  for (const MotFrame& frame : film.frames)
    for (std::size_t r = 0; r < frame.truth.size(); ++r)
      for (std::size_t c = 0; c < frame.found.size(); ++c)
        if (frame.iou[r * frame.found.size() + c] >= 0.5)
          together[frame.truth[r] * film.found_ids + frame.found[c]] += 1;
  IdentityScore score;
  track::Assigner assigner;
  for (const track::Pair& pair : assigner.solve(together, film.truth_ids, film.found_ids))
    score.tp += static_cast<std::size_t>(together[pair.row * film.found_ids + pair.column]);
  score.fn = film.truth_boxes - score.tp;
  score.fp = film.found_boxes - score.tp;
  return score;
}

/// HOTA's counts for a face and a track.
struct TogetherCounts {
  double alike = 0;  ///< sum of their relative overlaps, before matching
  std::array<double, hota_thresholds> matched{};
};
using Couples = std::map<std::pair<std::size_t, std::size_t>, TogetherCounts>;

void add_alike(const MotFrame& frame, Couples& couples) {
  const std::size_t rows = frame.truth.size(), columns = frame.found.size();
  std::vector<double> row_sum(rows, 0), column_sum(columns, 0);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      row_sum[r] += frame.iou[r * columns + c];
      column_sum[c] += frame.iou[r * columns + c];
    }
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      const double overlap = frame.iou[r * columns + c];
      const double sum = row_sum[r] + column_sum[c] - overlap;
      if (overlap > 0 && sum > tiny)
        couples[{frame.truth[r], frame.found[c]}].alike += overlap / sum;
    }
}

double hota_threshold(std::size_t a) { return 0.05 + 0.05 * static_cast<double>(a) - tiny; }

void hota_frame(const MotFrame& frame, const std::vector<double>& truth_count,
                const std::vector<double>& found_count, Couples& couples, Hota& hota,
                track::Assigner& assigner) {
  const std::size_t rows = frame.truth.size(), columns = frame.found.size();
  std::vector<double> worth(rows * columns, 0);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      const double overlap = frame.iou[r * columns + c];
      if (!(overlap > 0)) continue;
      const double alike = couples[{frame.truth[r], frame.found[c]}].alike;
      worth[r * columns + c] =
          overlap * alike / (truth_count[frame.truth[r]] + found_count[frame.found[c]] - alike);
    }
  const auto pairs = assigner.solve(worth, rows, columns);
  for (std::size_t a = 0; a < hota_thresholds; ++a) {
    double matches = 0;
    for (const track::Pair& pair : pairs) {
      const double overlap = frame.iou[pair.row * columns + pair.column];
      if (overlap < hota_threshold(a)) continue;
      matches += 1;
      hota.location[a] += overlap;
      couples[{frame.truth[pair.row], frame.found[pair.column]}].matched[a] += 1;
    }
    hota.tp[a] += matches;
    hota.fn[a] += static_cast<double>(rows) - matches;
    hota.fp[a] += static_cast<double>(columns) - matches;
  }
}

Hota hota_of(const MotFrames& film) {
  Hota hota;
  hota.location.fill(1);
  hota.fn.fill(static_cast<double>(film.truth_boxes));
  hota.fp.fill(static_cast<double>(film.found_boxes));
  if (film.truth_boxes == 0 || film.found_boxes == 0) return hota;
  hota = {};
  Couples couples;
  std::vector<double> truth_count(film.truth_ids, 0), found_count(film.found_ids, 0);
  for (const MotFrame& frame : film.frames) {
    add_alike(frame, couples);
    for (const std::size_t id : frame.truth) truth_count[id] += 1;
    for (const std::size_t id : frame.found) found_count[id] += 1;
  }
  track::Assigner assigner;
  for (const MotFrame& frame : film.frames)
    hota_frame(frame, truth_count, found_count, couples, hota, assigner);
  for (std::size_t a = 0; a < hota_thresholds; ++a) {
    for (const auto& [ids, couple] : couples) {
      const double n = couple.matched[a];
      const double truths = truth_count[ids.first], founds = found_count[ids.second];
      hota.association[a] += n * ratio(n, truths + founds - n);
      hota.association_recall[a] += n * ratio(n, truths);
      hota.association_precision[a] += n * ratio(n, founds);
    }
    for (HotaCurve* curve :
         {&hota.association, &hota.association_recall, &hota.association_precision})
      (*curve)[a] = ratio((*curve)[a], hota.tp[a]);
    hota.location[a] = std::max(1e-10, hota.location[a]) / std::max(1e-10, hota.tp[a]);
  }
  return hota;
}

template <typename Value>
double mean_over_thresholds(const Value& value) {
  double sum = 0;
  for (std::size_t a = 0; a < hota_thresholds; ++a) sum += value(a);
  return sum / static_cast<double>(hota_thresholds);
}

}  // namespace

double ClearMot::mota() const noexcept {
  return ratio(static_cast<double>(tp) - static_cast<double>(fp) - static_cast<double>(switches),
               static_cast<double>(tp + fn));
}
double ClearMot::motp() const noexcept { return ratio(overlap, static_cast<double>(tp)); }
double ClearMot::recall() const noexcept { return ratio(tp, tp + fn); }
double ClearMot::precision() const noexcept { return ratio(tp, tp + fp); }

double IdentityScore::idf1() const noexcept {
  return ratio(static_cast<double>(tp),
               static_cast<double>(tp) + 0.5 * static_cast<double>(fp + fn));
}
double IdentityScore::recall() const noexcept { return ratio(tp, tp + fn); }
double IdentityScore::precision() const noexcept { return ratio(tp, tp + fp); }

double mean(const HotaCurve& curve) noexcept {
  return mean_over_thresholds([&](std::size_t a) { return curve[a]; });
}
double Hota::hota() const noexcept {
  return mean_over_thresholds([&](std::size_t a) {
    return std::sqrt(ratio(tp[a], tp[a] + fn[a] + fp[a]) * association[a]);
  });
}
double Hota::detection() const noexcept {
  return mean_over_thresholds([&](std::size_t a) { return ratio(tp[a], tp[a] + fn[a] + fp[a]); });
}
double Hota::detection_recall() const noexcept {
  return mean_over_thresholds([&](std::size_t a) { return ratio(tp[a], tp[a] + fn[a]); });
}
double Hota::detection_precision() const noexcept {
  return mean_over_thresholds([&](std::size_t a) { return ratio(tp[a], tp[a] + fp[a]); });
}

MotResult evaluate_mot(const MotSequence& sequence) {
  const MotFrames film = mot_frames(sequence);
  MotResult result;
  result.clear = clear_mot(film);
  result.identity = identity_score(film);
  result.hota = hota_of(film);
  result.frames = film.last;
  result.faces = film.truth_ids;
  result.tracks = film.found_ids;
  return result;
}

MotResult combine(std::span<const MotResult> results) {
  MotResult all;
  for (const MotResult& r : results) {
    for (auto member :
         {&ClearMot::tp, &ClearMot::fp, &ClearMot::fn, &ClearMot::switches, &ClearMot::fragments,
          &ClearMot::mostly_tracked, &ClearMot::partly_tracked, &ClearMot::mostly_lost})
      all.clear.*member += r.clear.*member;
    all.clear.overlap += r.clear.overlap;
    for (auto member : {&IdentityScore::tp, &IdentityScore::fp, &IdentityScore::fn})
      all.identity.*member += r.identity.*member;
    for (auto member : {&MotResult::frames, &MotResult::faces, &MotResult::tracks})
      all.*member += r.*member;
    for (std::size_t a = 0; a < hota_thresholds; ++a) {
      for (auto member : {&Hota::tp, &Hota::fp, &Hota::fn})
        (all.hota.*member)[a] += (r.hota.*member)[a];
      for (auto member : {&Hota::association, &Hota::association_recall,
                          &Hota::association_precision, &Hota::location})
        (all.hota.*member)[a] += (r.hota.*member)[a] * r.hota.tp[a];
    }
  }
  for (std::size_t a = 0; a < hota_thresholds; ++a) {
    for (auto member :
         {&Hota::association, &Hota::association_recall, &Hota::association_precision})
      (all.hota.*member)[a] = ratio((all.hota.*member)[a], all.hota.tp[a]);
    all.hota.location[a] = std::max(1e-10, all.hota.location[a]) / std::max(1e-10, all.hota.tp[a]);
  }
  return all;
}

}  // namespace faceshot::evaluate
