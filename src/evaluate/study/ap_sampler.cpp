#include "evaluate/study/ap_sampler.hpp"

#include <algorithm>

namespace faceshot::evaluate {
namespace {

std::vector<std::uint32_t> counted_faces(std::span<const LabelledDetections> images) {
  std::vector<std::uint32_t> faces;
  for (const LabelledDetections& image : images)
    faces.push_back(static_cast<std::uint32_t>(
        std::count_if(image.counts.begin(), image.counts.end(), [](char c) { return c != 0; })));
  return faces;
}

}  // namespace

ApSampler ApSampler::wider(const Judgement& judgement, std::span<const LabelledDetections> images,
                           const ScoreRange& scores) {
  ApSampler sampler;
  sampler.faces_ = counted_faces(images);
  for (const JudgedBox& box : judgement.boxes) {
    const std::size_t threshold = first_wider_threshold(scores.normalized(box.score));
    if (threshold < wider_thresholds)
      sampler.add(box.image, threshold, box.verdict == Verdict::hit);
  }
  sampler.finish();
  return sampler;
}

ApSampler ApSampler::ranked(const Judgement& judgement,
                            std::span<const LabelledDetections> images) {
  ApSampler sampler;
  sampler.faces_ = counted_faces(images);
  std::size_t rank = 0;
  for (const JudgedBox& box : judgement.boxes)
    sampler.add(box.image, rank++, box.verdict == Verdict::hit);
  sampler.finish();
  return sampler;
}

ApSampler ApSampler::voc(std::span<const ImageEvaluation> images) {
  ApSampler sampler;
  for (const ImageEvaluation& image : images)
    sampler.faces_.push_back(static_cast<std::uint32_t>(
        std::count_if(image.truth.begin(), image.truth.end(),
                      [](const GroundTruthBox& face) { return !face.ignore; })));
  std::size_t rank = 0;
  for (const RankedDetection& d : ranked_detections(images)) sampler.add(d.image, rank++, d.hit);
  sampler.finish();
  return sampler;
}

void ApSampler::add(std::size_t image, std::size_t threshold, bool hit) {
  steps_.push_back(
      {static_cast<std::uint32_t>(image), static_cast<std::uint32_t>(threshold), 1, hit ? 1U : 0U});
}

void ApSampler::finish() {
  std::stable_sort(steps_.begin(), steps_.end(), [](const Step& a, const Step& b) {
    return a.threshold != b.threshold ? a.threshold < b.threshold : a.image < b.image;
  });
  std::size_t last = 0;
  for (std::size_t i = 1; i < steps_.size(); ++i) {
    if (steps_[i].threshold == steps_[last].threshold && steps_[i].image == steps_[last].image) {
      steps_[last].proposals += steps_[i].proposals;
      steps_[last].hits += steps_[i].hits;
    } else {
      steps_[++last] = steps_[i];
    }
  }
  if (!steps_.empty()) steps_.resize(last + 1);
}

double ApSampler::ap(std::span<const std::uint32_t> times) const {
  double faces = 0;
  for (std::size_t i = 0; i < faces_.size(); ++i)
    faces += static_cast<double>(times[i]) * static_cast<double>(faces_[i]);
  if (faces == 0) return 0;
  std::vector<double> recall, precision;
  std::uint64_t proposals = 0, hits = 0;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Step& step = steps_[i];
    proposals += std::uint64_t{times[step.image]} * step.proposals;
    hits += std::uint64_t{times[step.image]} * step.hits;
    if (i + 1 < steps_.size() && steps_[i + 1].threshold == step.threshold) continue;
    if (proposals == 0) continue;
    recall.push_back(static_cast<double>(hits) / faces);
    precision.push_back(static_cast<double>(hits) / static_cast<double>(proposals));
  }
  return area_under_envelope(recall, precision);
}

double ApSampler::ap() const { return ap(std::vector<std::uint32_t>(images(), 1)); }

}  // namespace faceshot::evaluate
