#include "evaluate/by_class.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <utility>

#include "faceshot/error.hpp"

namespace faceshot::evaluate {
namespace {

using geometry::Annotation;
using geometry::ImageRecord;

void demand_lists(std::size_t records, std::size_t lists) {
  if (records != lists)
    throw Error(ErrorCode::invalid_argument, "detections of " + std::to_string(lists) +
                                                 " images for a set of " + std::to_string(records));
}

/// Images of one class only.
Comparison comparison_of(const ByClass& set, std::size_t c, double min_face) {
  const auto begin = set.detections.begin() + static_cast<std::ptrdiff_t>(c * set.images);
  return {std::span(set.records).subspan(c * set.images, set.images),
          {begin, begin + static_cast<std::ptrdiff_t>(set.images)},
          min_face};
}

/// Mean of a figure over the classes that have faces for it.
class FigureMean {
 public:
  void add(double value, std::size_t faces) {
    if (faces == 0) return;
    sum_ += value;
    ++classes_;
  }
  [[nodiscard]] double value() const {
    return sum_ / static_cast<double>(std::max<std::size_t>(classes_, 1));
  }

 private:
  double sum_ = 0;
  std::size_t classes_ = 0;
};

/// Counts one image.
/// @param found by descending score
void add_image(const ImageRecord& record, std::span<const Detection> found, float iou_threshold,
               Confusion& confusion) {
  const std::size_t none = confusion.classes;
  const auto count = [&](std::size_t row, std::size_t column) {
    ++confusion.counts[row * (none + 1) + column];
  };
  const auto class_of = [&](std::size_t face) {
    return static_cast<std::size_t>(record.annotations[face].class_id);
  };
  std::vector<GroundTruthBox> truth;
  std::vector<bool> taken;
  std::vector<std::vector<GroundTruthBox>> regions(none);  // ignore regions, by class
  for (const Annotation& a : record.annotations) {
    truth.push_back({a.box, a.ignore});
    taken.push_back(a.ignore);
    for (std::size_t c = 0; c < none; ++c)
      if (a.ignore && a.concerns(static_cast<int>(c))) regions[c].push_back({a.box, true});
  }
  for (const Detection& d : found) {
    std::size_t best = truth.size();
    float most = iou_threshold;
    for (std::size_t f = 0; f < truth.size(); ++f) {
      const float overlap = iou(truth[f].box, d.box);
      if (taken[f] || overlap < most || (best < truth.size() && overlap == most)) continue;
      most = overlap;
      best = f;
    }
    if (best < truth.size()) {
      taken[best] = true;
      count(class_of(best), static_cast<std::size_t>(d.label));
    } else if (!is_excused(d.box, regions[static_cast<std::size_t>(d.label)])) {
      count(none, static_cast<std::size_t>(d.label));
    }
  }
  for (std::size_t f = 0; f < truth.size(); ++f)
    if (!taken[f]) count(class_of(f), none);
}

}  // namespace

ByClass by_class(std::span<const ImageRecord> records,
                 std::vector<std::vector<Detection>> detections, std::size_t classes) {
  demand_lists(records.size(), detections.size());
  ByClass set{records.size(), classes, {}, {}};
  if (classes == 1) {
    set.records.assign(records.begin(), records.end());
    set.detections = std::move(detections);
    return set;
  }
  for (std::size_t c = 0; c < classes; ++c)
    for (std::size_t i = 0; i < records.size(); ++i) {
      const int id = static_cast<int>(c);
      ImageRecord& record = set.records.emplace_back(records[i]);
      std::erase_if(record.annotations, [&](const Annotation& a) { return !a.concerns(id); });
      std::vector<Detection>& found = set.detections.emplace_back();
      std::copy_if(detections[i].begin(), detections[i].end(), std::back_inserter(found),
                   [&](const Detection& d) { return d.label == id; });
    }
  return set;
}

ClassFigures figures_by_class(const Comparison& pooled, const ByClass& set, float score,
                              double min_face) {
  ClassFigures figures;
  figures.all = figures_of(pooled, score);
  if (set.classes == 1) {
    figures.of = {figures.all};
    return figures;
  }
  FigureMean ap, heights;
  std::array<FigureMean, face_heights.size()> by_height;
  for (std::size_t c = 0; c < set.classes; ++c) {
    const SetFigures& one =
        figures.of.emplace_back(figures_of(comparison_of(set, c, min_face), score));
    ap.add(one.ap, one.shown.faces);
    for (std::size_t h = 0; h < by_height.size(); ++h)
      by_height[h].add(one.by_height.of[h].ap, one.by_height.of[h].faces);
  }
  figures.all.ap = ap.value();
  for (std::size_t h = 0; h < by_height.size(); ++h) {
    HeightAp& of = figures.all.by_height.of[h];
    of.ap = by_height[h].value();
    heights.add(of.ap, of.faces);
  }
  figures.all.by_height.mean = heights.value();
  return figures;
}

double mean_over_classes(const Comparison& pooled, const ByClass& set,
                         const std::function<double(std::span<const ImageEvaluation>)>& figure) {
  if (set.classes == 1) return figure(pooled.images());
  FigureMean mean;
  for (std::size_t c = 0; c < set.classes; ++c) {
    const auto images = pooled.images().subspan(c * set.images, set.images);
    std::size_t faces = 0;
    for (const ImageEvaluation& image : images)
      for (const GroundTruthBox& face : image.truth) faces += face.ignore ? 0 : 1;
    mean.add(figure(images), faces);
  }
  return mean.value();
}

Confusion confusion_of(std::span<const ImageRecord> records,
                       const std::vector<std::vector<Detection>>& detections, std::size_t classes,
                       float score, float iou_threshold) {
  demand_lists(records.size(), detections.size());
  const auto demand_class = [&](int id) {
    if (id < 0 || static_cast<std::size_t>(id) >= classes)
      throw Error(ErrorCode::invalid_argument,
                  "class " + std::to_string(id) + " of " + std::to_string(classes));
  };
  Confusion confusion{classes, std::vector<std::size_t>((classes + 1) * (classes + 1))};
  for (std::size_t i = 0; i < records.size(); ++i) {
    std::vector<Detection> shown;
    for (const Detection& d : detections[i])
      if (d.score >= score) {
        demand_class(d.label);
        shown.push_back(d);
      }
    for (const Annotation& a : records[i].annotations)
      if (!a.ignore || a.class_id != geometry::any_class) demand_class(a.class_id);
    std::stable_sort(shown.begin(), shown.end(),
                     [](const Detection& a, const Detection& b) { return a.score > b.score; });
    add_image(records[i], shown, iou_threshold, confusion);
  }
  return confusion;
}

}  // namespace faceshot::evaluate
