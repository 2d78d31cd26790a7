#include "data/pseudo_label/pseudo_labels.hpp"

#include <algorithm>
#include <cassert>

#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

using geometry::Annotation;

/// Minimum share of a detection inside a label for it to count as a part of the labelled object.
constexpr float least_coverage = 0.5F;

bool is_labelled(const Annotation& found, std::span<const Annotation> labels,
                 Suppression suppression, float overlap) {
  return std::any_of(labels.begin(), labels.end(), [&](const Annotation& label) {
    return (suppression == Suppression::across_classes || label.concerns(found.class_id)) &&
           (iou(found.box, label.box) >= overlap ||
            coverage(found.box, label.box) >= least_coverage);
  });
}

}  // namespace

void validate(const PseudoLabelOptions& options) {
  const auto demand = [](bool good, const char* message) {
    if (!good) throw Error(ErrorCode::invalid_argument, message);
  };
  demand(options.ignore > 0, "the minimum score of an ignore region must be above 0");
  demand(options.accept <= 1, "the minimum score of a face must be at most 1");
  demand(options.ignore <= options.accept,
         "the minimum score of an ignore region must not exceed that of a face");
  demand(options.overlap > 0 && options.overlap <= 1,
         "the minimum IoU of a detection with a label must be above 0 and at most 1");
}

PseudoLabels pseudo_labels(std::span<const Annotation> labels, std::span<const Detection> found,
                           int width, int height, std::span<const int> class_ids,
                           Suppression suppression, const PseudoLabelOptions& options) {
  PseudoLabels result;
  for (const Annotation& label : labels) {
    if (label.source == geometry::source_detector)
      ++result.replaced;
    else
      result.annotations.push_back(label);
  }
  std::vector<Annotation> known = result.annotations;  // people's labels, and added faces
  std::vector<Detection> sorted(found.begin(), found.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Detection& a, const Detection& b) { return a.score > b.score; });
  for (const Detection& finding : sorted) {
    if (!(finding.score >= options.ignore)) continue;  // NaN as well
    Annotation label;
    label.box = clip(finding.box, static_cast<float>(width), static_cast<float>(height));
    if (label.box.width() < 1 || label.box.height() < 1) continue;
    assert(static_cast<std::size_t>(finding.label) < class_ids.size());
    label.class_id = class_ids[static_cast<std::size_t>(finding.label)];
    if (is_labelled(label, known, suppression, options.overlap)) {
      ++result.known;
      continue;
    }
    label.ignore = finding.score < options.accept;
    if (label.ignore && class_ids.size() > 1 && suppression == Suppression::across_classes)
      label.class_id = geometry::any_class;
    label.source = geometry::source_detector;
    ++(label.ignore ? result.doubtful : result.faces);
    // Half of an accepted face does not become an ignore region, which would exclude the face's
    // priors.
    if (!label.ignore) known.push_back(label);
    result.annotations.push_back(label);
  }
  return result;
}

}  // namespace faceshot::data
