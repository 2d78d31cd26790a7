#include "data/audit/label_audit.hpp"

#include <algorithm>
#include <array>

#include "base/parallel.hpp"
#include "data/prepared/classes.hpp"
#include "faceshot/error.hpp"
#include "media/opencv.hpp"

namespace faceshot::data {
namespace {

using geometry::Annotation;

constexpr std::array<float, 3> side_edges{16, 32, 64};
constexpr std::size_t score_bins = 10;
constexpr double score_weight = 20;  ///< number of detections that the score itself counts as

void require_options(const AuditOptions& o) {
  if (!(o.score > 0 && o.score <= 1 && o.overlap > 0 && o.overlap < o.loose && o.loose <= 1 &&
        o.min_side >= 0))
    throw Error(ErrorCode::invalid_argument,
                "audit: the score must be in (0, 1], and 0 < overlap < loose <= 1");
}

float shorter_side(const Box& box) { return std::min(box.width(), box.height()); }

/// The label to which a detection belongs.
struct NearestLabel {
  std::optional<std::size_t> label;  ///< the one with the largest overlap
  float iou = 0;
  bool covered = false;  ///< half of one lies in the other
};

NearestLabel nearest_label(const std::vector<Annotation>& labels, const Box& box, int class_id) {
  NearestLabel nearest;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (!labels[i].concerns(class_id)) continue;
    const float overlap = iou(labels[i].box, box);
    nearest.covered = nearest.covered || coverage(box, labels[i].box) >= 0.5F ||
                      coverage(labels[i].box, box) >= 0.5F;
    if (overlap <= nearest.iou) continue;
    nearest.iou = overlap;
    nearest.label = i;
  }
  return nearest;
}

/// The result for one image.
struct AuditOutcome {
  ImageAudit audit;
  std::string damage;  ///< why the image cannot be read; empty: it can
};

AuditOutcome look_at(const PreparedSet& set, std::size_t record, const Detector& detector,
                     std::span<const int> ids, const AuditOptions& options) {
  AuditOutcome outcome;
  const geometry::ImageRecord& image = set.records[record];
  try {
    const cv::Mat pixels = media::read_mat(set.images_dir / image.image);
    if (pixels.cols == image.width && pixels.rows == image.height)
      outcome.audit =
          audit_image(image, detector.detect(media::view_of(pixels)), ids, record, options);
    else
      outcome.damage = image.image + " has a different size than the set says";
  } catch (const Error& e) {
    outcome.damage = e.what();
  }
  return outcome;
}

}  // namespace

std::string_view name_of(SuspectKind kind) {
  return kind == SuspectKind::missing ? "missing" : "loose";
}

ImageAudit audit_image(const geometry::ImageRecord& image, std::span<const Detection> found,
                       std::span<const int> class_ids, std::size_t record,
                       const AuditOptions& options) {
  ImageAudit audit;
  const std::vector<Annotation>& labels = image.annotations;
  std::vector<Suspect> best(labels.size());  // for each label: the detection with the largest
                                             // overlap
  for (const Detection& d : found) {
    const Box box = clip(d.box, static_cast<float>(image.width), static_cast<float>(image.height));
    if (d.score < options.score || !box.valid() || shorter_side(box) < options.min_side) continue;
    const int class_id = class_ids[static_cast<std::size_t>(d.label)];
    const NearestLabel nearest = nearest_label(labels, box, class_id);
    const bool overlaps = nearest.iou >= options.overlap;
    const bool known = overlaps || nearest.covered;
    if (!known || (nearest.label && !labels[*nearest.label].ignore))
      audit.seen.push_back({d.score, shorter_side(box), known});
    if (!known) {
      audit.suspects.push_back(
          {SuspectKind::missing, record, box, {}, class_id, d.score, nearest.iou, 0});
    } else if (overlaps && nearest.iou > best[*nearest.label].iou) {
      best[*nearest.label] = {SuspectKind::loose, record,  box,         nearest.label,
                              class_id,           d.score, nearest.iou, 0};
    }
  }
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (best[i].label && best[i].iou < options.loose && !labels[i].ignore)
      audit.suspects.push_back(best[i]);
  return audit;
}

std::size_t LabellingCustom::bin_of(float score, float side) {
  const auto by_score =
      std::min(score_bins - 1, static_cast<std::size_t>(std::max(0.0F, score) * score_bins));
  const auto by_side = static_cast<std::size_t>(
      std::upper_bound(side_edges.begin(), side_edges.end(), side) - side_edges.begin());
  return by_score * (side_edges.size() + 1) + by_side;
}

LabellingCustom::LabellingCustom(std::span<const ImageAudit::Seen> seen)
    : bins_(score_bins * (side_edges.size() + 1)) {
  for (const ImageAudit::Seen& s : seen) {
    Bin& bin = bins_[bin_of(s.score, s.side)];
    bin.seen += 1;
    bin.labelled += s.labelled ? 1 : 0;
  }
}

double LabellingCustom::chance(float score, float side) const {
  const Bin& bin = bins_[bin_of(score, side)];
  return (bin.labelled + score_weight * static_cast<double>(score)) / (bin.seen + score_weight);
}

LabelAudit audit_labels(const PreparedSet& set, const Detector& detector,
                        const AuditOptions& options, int threads,
                        const std::function<void(std::size_t, std::size_t)>& progress) {
  require_options(options);
  if (*detector.options().score_threshold > options.score)
    throw Error(ErrorCode::invalid_argument,
                "audit: the detector's score floor is above the minimum score");
  if (set.records.empty()) throw Error(ErrorCode::format, "the set has no images");
  const std::vector<int> ids = detector_class_ids(set.classes, detector.info().classes);
  LabelAudit result;
  result.images = set.records.size();
  std::vector<ImageAudit::Seen> seen;
  constexpr std::size_t chunk = 16;  // between two progress reports
  for (std::size_t first = 0; first < result.images; first += chunk) {
    std::vector<AuditOutcome> outcomes(std::min(chunk, result.images - first));
    base::parallel_for(outcomes.size(), threads, [&](std::size_t i) {
      outcomes[i] = look_at(set, first + i, detector, ids, options);
    });
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      result.labels += set.records[first + i].annotations.size();
      if (!outcomes[i].damage.empty()) result.damaged.push_back(outcomes[i].damage);
      const ImageAudit& audit = outcomes[i].audit;
      seen.insert(seen.end(), audit.seen.begin(), audit.seen.end());
      result.suspects.insert(result.suspects.end(), audit.suspects.begin(), audit.suspects.end());
    }
    if (progress) progress(first + outcomes.size(), result.images);
  }
  if (result.damaged.size() == result.images)
    throw Error(ErrorCode::format,
                "no image of the set can be read; the first: " + result.damaged.front());
  result.findings = seen.size();
  const LabellingCustom custom(seen);
  for (Suspect& s : result.suspects) {
    // The score distinguishes detections of one bin.
    s.gain = custom.chance(s.score, shorter_side(s.box)) * static_cast<double>(s.score);
    if (s.kind == SuspectKind::loose) s.gain *= 1 - static_cast<double>(s.iou);
  }
  std::stable_sort(result.suspects.begin(), result.suspects.end(),
                   [](const Suspect& a, const Suspect& b) { return a.gain > b.gain; });
  return result;
}

}  // namespace faceshot::data
