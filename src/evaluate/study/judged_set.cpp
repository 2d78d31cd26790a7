#include "evaluate/study/judged_set.hpp"

#include <algorithm>

namespace faceshot::evaluate {
namespace {

bool is_of_counted_face(const JudgedBox& box) {
  return box.verdict == Verdict::hit || box.verdict == Verdict::doubled;
}

ThresholdRow row_at(const ThresholdSweep& sweep, const std::vector<JudgedScore>& scores,
                    double threshold, std::size_t images) {
  ThresholdRow row{sweep.at(threshold), 0};
  const auto alarms = std::count_if(scores.begin(), scores.end(), [&](const JudgedScore& s) {
    return !s.right && s.score >= static_cast<float>(threshold);
  });
  row.false_alarms_per_image =
      static_cast<double>(alarms) / static_cast<double>(std::max<std::size_t>(images, 1));
  return row;
}

std::vector<JudgedScore> scores_of(const Judgement& judgement) {
  std::vector<JudgedScore> scores;
  for (const JudgedBox& box : judgement.boxes)
    scores.push_back({static_cast<float>(box.score), box.verdict == Verdict::hit});
  return scores;
}

bool are_shares(const std::vector<JudgedScore>& scores) {
  return std::all_of(scores.begin(), scores.end(),
                     [](const JudgedScore& s) { return s.score >= 0 && s.score <= 1; });
}

}  // namespace

JudgedSet::JudgedSet(const EvaluatedSet& set, ApKind kind, const ScoreRange& scores)
    : set_(&set), kind_(kind), scores_(scores) {
  for (const FaceSetting& setting : set.settings) {
    views_.push_back(evaluate::views(set, setting));
    judgements_.push_back(judge(views_.back()));
  }
}

ApSampler JudgedSet::sampler_of(const Judgement& judgement,
                                std::span<const LabelledDetections> images) const {
  return kind_ == ApKind::wider ? ApSampler::wider(judgement, images, scores_)
                                : ApSampler::ranked(judgement, images);
}

ApSampler JudgedSet::sampler(std::size_t setting) const {
  return sampler_of(judgements_[setting], views_[setting]);
}

double JudgedSet::ap_of_faces(std::size_t setting,
                              const std::function<bool(std::size_t, std::size_t)>& keep) const {
  Judgement part;
  for (const JudgedBox& box : judgements_[setting].boxes)
    if (!is_of_counted_face(box) || keep(box.image, box.face)) part.boxes.push_back(box);
  std::vector<std::vector<char>> counts = set_->settings[setting].counts;
  std::vector<LabelledDetections> images = views_[setting];
  for (std::size_t i = 0; i < counts.size(); ++i) {
    for (std::size_t f = 0; f < counts[i].size(); ++f)
      if (counts[i][f] != 0 && !keep(i, f)) counts[i][f] = 0;
    images[i].counts = counts[i];
  }
  return sampler_of(part, images).ap();
}

ThresholdTable threshold_table(const JudgedSet& set, std::size_t setting) {
  const std::vector<JudgedScore> scores = scores_of(set.judgement(setting));
  const ThresholdSweep sweep(scores, set.judgement(setting).faces);
  ThresholdTable table;
  const auto add = [&](double threshold) {
    table.rows.push_back(row_at(sweep, scores, threshold, set.images()));
  };
  if (are_shares(scores)) {
    for (int tenth = 1; tenth < 10; ++tenth) add(tenth / 10.0);
    table.recommended = row_at(sweep, scores, sweep.round_figure().threshold, set.images());
    return table;
  }
  std::vector<double> hits;  // descending
  for (const JudgedScore& s : scores)
    if (s.right) hits.push_back(static_cast<double>(s.score));
  double best_f1 = -1;
  for (std::size_t tenth = 10; tenth > 0 && !hits.empty(); --tenth) {
    const double score = hits[(hits.size() * tenth + 9) / 10 - 1];
    if (table.rows.empty() || table.rows.back().at.threshold != score) add(score);
    if (table.rows.back().at.f1() <= best_f1) continue;
    best_f1 = table.rows.back().at.f1();
    table.recommended = table.rows.back();
  }
  return table;
}

std::vector<JudgedScore> judged_scores(const JudgedSet& set, std::size_t setting) {
  std::vector<JudgedScore> scores = scores_of(set.judgement(setting));
  if (!are_shares(scores)) scores.clear();
  return scores;
}

std::vector<CurvePoint> curve_of(const JudgedSet& set, std::size_t setting, std::size_t points) {
  const Judgement& judgement = set.judgement(setting);
  const auto faces = static_cast<double>(std::max<std::size_t>(judgement.faces, 1));
  const auto images = static_cast<double>(std::max<std::size_t>(set.images(), 1));
  std::vector<CurvePoint> curve;
  double hits = 0, alarms = 0, next = 0;
  for (std::size_t i = 0; i < judgement.boxes.size(); ++i) {
    const JudgedBox& box = judgement.boxes[i];
    ++(box.verdict == Verdict::hit ? hits : alarms);
    const bool last = i + 1 == judgement.boxes.size();
    // Detections with equal scores are admitted together.
    if (!last && judgement.boxes[i + 1].score == box.score) continue;
    if (!last && hits / faces < next) continue;
    curve.push_back({box.score, hits / faces, hits / (hits + alarms), alarms / images});
    next = hits / faces + 1.0 / static_cast<double>(points);
  }
  return curve;
}

}  // namespace faceshot::evaluate
