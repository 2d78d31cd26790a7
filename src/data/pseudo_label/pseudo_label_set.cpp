#include "data/pseudo_label/pseudo_label_set.hpp"

#include <algorithm>

#include "base/parallel.hpp"
#include "data/prepared/classes.hpp"
#include "faceshot/error.hpp"
#include "media/opencv.hpp"

namespace faceshot::data {
namespace {

/// The result for one image.
struct Outcome {
  PseudoLabels labels;
  std::string damage;  ///< why the image cannot be read; empty: it can
};

Outcome label(const PreparedSet& set, const geometry::ImageRecord& record, const Detector& detector,
              std::span<const int> ids, const PseudoLabelOptions& options) {
  Outcome outcome;
  try {
    const cv::Mat image = media::read_mat(set.images_dir / record.image);
    if (image.cols != record.width || image.rows != record.height) {
      outcome.damage = record.image;
      outcome.damage.append(" is ").append(std::to_string(image.cols)).append("x");
      outcome.damage.append(std::to_string(image.rows)).append(", not ");
      outcome.damage.append(std::to_string(record.width)).append("x");
      outcome.damage.append(std::to_string(record.height)).append(" as the set says");
      return outcome;
    }
    outcome.labels =
        pseudo_labels(record.annotations, detector.detect(media::view_of(image)), record.width,
                      record.height, ids, *detector.options().suppression, options);
  } catch (const Error& e) {
    outcome.damage = e.what();
  }
  return outcome;
}

}  // namespace

PseudoLabelledSet pseudo_label_set(const PreparedSet& set, const Detector& detector,
                                   const PseudoLabelOptions& options, int threads,
                                   const std::function<void(std::size_t, std::size_t)>& progress) {
  validate(options);
  if (*detector.options().score_threshold > options.ignore)
    throw Error(ErrorCode::invalid_argument,
                "pseudo-labels: the detector's score floor is above the score for ignore regions");
  if (set.records.empty()) throw Error(ErrorCode::format, "the set has no images");
  PseudoLabelledSet result;
  result.set = set;
  if (std::all_of(set.records.begin(), set.records.end(),
                  [](const geometry::ImageRecord& r) { return r.annotations.empty(); }))
    result.set.classes = detector.info().classes;
  const std::vector<int> ids = detector_class_ids(result.set.classes, detector.info().classes);
  result.faces_of_class.resize(result.set.classes.size());
  const std::size_t total = set.records.size();
  constexpr std::size_t chunk = 16;  // between two progress reports
  for (std::size_t first = 0; first < total; first += chunk) {
    const std::size_t count = std::min(chunk, total - first);
    std::vector<Outcome> outcomes(count);
    base::parallel_for(count, threads, [&](std::size_t i) {
      outcomes[i] = label(set, set.records[first + i], detector, ids, options);
    });
    for (std::size_t i = 0; i < count; ++i) {
      Outcome& outcome = outcomes[i];
      geometry::ImageRecord& record = result.set.records[first + i];
      if (!outcome.damage.empty()) {
        result.damaged.push_back(std::move(outcome.damage));
        result.persons += record.annotations.size();
        continue;
      }
      PseudoLabels& labels = outcome.labels;
      result.persons += labels.annotations.size() - labels.faces - labels.doubtful;
      result.faces += labels.faces;
      result.doubtful += labels.doubtful;
      result.known += labels.known;
      result.replaced += labels.replaced;
      if (labels.faces + labels.doubtful > 0) result.changed.push_back(first + i);
      record.annotations = std::move(labels.annotations);
      // Added labels follow the existing ones.
      const std::size_t added = labels.faces + labels.doubtful;
      for (std::size_t k = record.annotations.size() - added; k < record.annotations.size(); ++k)
        if (const geometry::Annotation& a = record.annotations[k]; !a.ignore)
          ++result.faces_of_class[static_cast<std::size_t>(a.class_id)];
    }
    if (progress) progress(first + count, total);
  }
  if (result.damaged.size() == total)
    throw Error(ErrorCode::format,
                "no image of the set can be read; the first: " + result.damaged.front());
  return result;
}

cv::Mat pseudo_label_sheet(const PseudoLabelledSet& labelled, const SheetOptions& options) {
  if (labelled.changed.empty()) return {};
  PreparedSet changed;
  changed.images_dir = labelled.set.images_dir;
  changed.classes = labelled.set.classes;
  for (const std::size_t i : labelled.changed) changed.records.push_back(labelled.set.records[i]);
  return annotation_sheet(changed, options).image;
}

}  // namespace faceshot::data
