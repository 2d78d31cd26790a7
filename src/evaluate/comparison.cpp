#include "evaluate/comparison.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "faceshot/error.hpp"

namespace faceshot::evaluate {

Comparison::Comparison(std::span<const geometry::ImageRecord> records,
                       std::vector<std::vector<Detection>> detections, double min_face)
    : records_(records), detections_(std::move(detections)), truth_(records.size()) {
  if (detections_.size() != records.size())
    throw Error(ErrorCode::invalid_argument,
                "comparison: detections of " + std::to_string(detections_.size()) +
                    " images for a set of " + std::to_string(records.size()));
  for (std::size_t i = 0; i < truth_.size(); ++i) {
    for (const geometry::Annotation& a : records[i].annotations) {
      const double side = std::min(a.box.width(), a.box.height());
      truth_[i].push_back({a.box, a.ignore || side < min_face});
    }
    images_.push_back({detections_[i], truth_[i]});
  }
}

std::vector<LandmarkPair> Comparison::landmark_pairs(float score) const {
  std::vector<LandmarkPair> pairs;
  for (const MatchedFace& m : matched_faces(images_, score)) {
    const geometry::Annotation& face = records_[m.image].annotations[m.face];
    const Detection& found = detections_[m.image][m.detection];
    if (face.landmarks && found.landmarks)
      pairs.push_back({*found.landmarks, *face.landmarks, face.box});
  }
  return pairs;
}

SetFigures figures_of(const Comparison& comparison, float score) {
  return {average_precision(comparison.images()), ap_by_height(comparison.images()),
          operating_point(comparison.images(), score),
          landmark_error(comparison.landmark_pairs(score))};
}

void FalseAlarms::add(const Comparison& negatives) {
  alarms_ += false_alarms_per_image(negatives.images(), point_.score) *
             static_cast<double>(negatives.images().size());
  images_ += negatives.images().size();
}

double FalseAlarms::per_image() const {
  return alarms_ / static_cast<double>(std::max<std::size_t>(images_, 1));
}

}  // namespace faceshot::evaluate
