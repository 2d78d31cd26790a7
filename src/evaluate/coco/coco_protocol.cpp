#include "evaluate/coco/coco_protocol.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot::evaluate {
namespace {

constexpr std::array<std::size_t, 3> most_detections{1, 10, 100};
constexpr std::size_t all_sizes = 0;

// Computed like numpy.linspace, so that overlaps equal to a threshold fall on the same side.
double iou_at(std::size_t t) {
  return 0.5 + static_cast<double>(t) * ((0.95 - 0.5) / (coco_ious - 1));
}
double recall_at(std::size_t r) {
  return r + 1 == coco_recalls ? 1.0 : static_cast<double>(r) * (1.0 / (coco_recalls - 1));
}

/// pycocotools' overlap: for a crowd the share of the detection inside it.
double overlap_of(const CocoFace& face, const ScoredBox& box) {
  const double w = std::min(box.x + box.w, face.x + face.w) - std::max(box.x, face.x);
  const double h = std::min(box.y + box.h, face.y + face.h) - std::max(box.y, face.y);
  if (w <= 0 || h <= 0) return 0;
  const double shared = w * h, own = box.w * box.h;
  return shared / (face.crowd ? own : own + face.w * face.h - shared);
}

/// One image's faces and detections of one category.
struct CocoCase {
  std::vector<CocoFace> faces;
  std::vector<ScoredBox> boxes;  ///< by descending score, at most 100
  std::vector<double> overlap;   ///< boxes x faces
};

CocoCase case_of(const CocoImage& image, std::size_t category) {
  CocoCase c;
  for (const CocoFace& face : image.faces)
    if (face.category == category) c.faces.push_back(face);
  for (const CocoFound& found : image.found)
    if (found.category == category) c.boxes.push_back(found.box);
  std::stable_sort(c.boxes.begin(), c.boxes.end(),
                   [](const ScoredBox& a, const ScoredBox& b) { return a.score > b.score; });
  if (c.boxes.size() > most_detections.back()) c.boxes.resize(most_detections.back());
  for (const ScoredBox& box : c.boxes)
    for (const CocoFace& face : c.faces) c.overlap.push_back(overlap_of(face, box));
  return c;
}

enum class CocoOutcome : unsigned char { hit, alarm, ignored };

/// A detection's outcome at each IoU.
struct CocoJudged {
  double score = 0;
  std::size_t rank = 0;  ///< in its image, from 0
  std::array<CocoOutcome, coco_ious> outcomes{};
};

/// All detections of a category, for faces of one range of sizes.
struct CocoRanking {
  std::size_t faces = 0;
  std::vector<CocoJudged> judged;
};

bool outside(double area, const std::pair<double, double>& range) {
  return area < range.first || area > range.second;
}

/// The face that a box takes: faces that count come first in `order`; nothing: faces.size().
std::size_t match(const CocoCase& c, std::size_t box, std::size_t iou, std::size_t counting,
                  const std::vector<std::size_t>& order, const std::vector<char>& taken) {
  double least = std::min(iou_at(iou), 1 - 1e-10);
  std::size_t best = c.faces.size();
  for (std::size_t k = 0; k < order.size(); ++k) {
    if (k == counting && best < c.faces.size()) break;
    const std::size_t f = order[k];
    if (taken[f] != 0 && !c.faces[f].crowd) continue;
    const double overlap = c.overlap[box * c.faces.size() + f];
    if (overlap < least) continue;
    least = overlap;
    best = f;
  }
  return best;
}

void judge_case(const CocoCase& c, const std::pair<double, double>& range, CocoRanking& ranking) {
  const auto ignored = [&](std::size_t f) {
    return c.faces[f].crowd || outside(c.faces[f].area, range);
  };
  std::vector<std::size_t> order(c.faces.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto rest =
      std::stable_partition(order.begin(), order.end(), [&](std::size_t f) { return !ignored(f); });
  const auto counting = static_cast<std::size_t>(rest - order.begin());
  ranking.faces += counting;
  const std::size_t first = ranking.judged.size();
  for (std::size_t b = 0; b < c.boxes.size(); ++b)
    ranking.judged.push_back({c.boxes[b].score, b, {}});
  for (std::size_t t = 0; t < coco_ious; ++t) {
    std::vector<char> taken(c.faces.size(), 0);
    for (std::size_t b = 0; b < c.boxes.size(); ++b) {
      CocoOutcome& outcome = ranking.judged[first + b].outcomes[t];
      const std::size_t f = match(c, b, t, counting, order, taken);
      if (f == c.faces.size()) {
        outcome =
            outside(c.boxes[b].w * c.boxes[b].h, range) ? CocoOutcome::ignored : CocoOutcome::alarm;
        continue;
      }
      taken[f] = 1;
      outcome = ignored(f) ? CocoOutcome::ignored : CocoOutcome::hit;
    }
  }
}

/// Precision at each recall, and the total recall.
struct CocoCurve {
  std::array<double, coco_recalls> precision{};
  double recall = 0;
};

CocoCurve curve_of(const CocoRanking& ranking, std::size_t iou, std::size_t most) {
  std::vector<double> recall, precision;
  double hits = 0, alarms = 0;
  for (const CocoJudged& d : ranking.judged) {
    if (d.rank >= most) continue;
    hits += d.outcomes[iou] == CocoOutcome::hit ? 1 : 0;
    alarms += d.outcomes[iou] == CocoOutcome::alarm ? 1 : 0;
    recall.push_back(hits / static_cast<double>(ranking.faces));
    precision.push_back(hits / (hits + alarms + std::numeric_limits<double>::epsilon()));
  }
  for (std::size_t i = precision.size(); i-- > 1;)
    precision[i - 1] = std::max(precision[i - 1], precision[i]);
  CocoCurve curve;
  if (!recall.empty()) curve.recall = recall.back();
  for (std::size_t r = 0; r < coco_recalls; ++r) {
    const auto at = std::lower_bound(recall.begin(), recall.end(), recall_at(r));
    if (at != recall.end())
      curve.precision[r] = precision[static_cast<std::size_t>(at - recall.begin())];
  }
  return curve;
}

/// Mean over the categories that have faces.
struct CocoMean {
  double sum = 0;
  std::size_t count = 0;

  void add(double value) {
    sum += value;
    ++count;
  }
  [[nodiscard]] std::optional<double> value() const {
    return count == 0 ? std::nullopt : std::optional(sum / static_cast<double>(count));
  }
};

double mean_precision(const CocoCurve& curve) {
  return std::accumulate(curve.precision.begin(), curve.precision.end(), 0.0) / coco_recalls;
}

/// Accumulators of the categories' figures, in the order of coco_names.
using CocoMeans = std::array<CocoMean, coco_names.size()>;

/// Adds one category's figures for one range of sizes.
void add_figures(const CocoRanking& ranking, std::size_t size, CocoMeans& means,
                 CocoResult& result) {
  if (ranking.faces == 0) return;
  double ap = 0, ar = 0;
  for (std::size_t t = 0; t < coco_ious; ++t) {
    const CocoCurve curve = curve_of(ranking, t, most_detections.back());
    ap += mean_precision(curve) / coco_ious;
    ar += curve.recall / coco_ious;
    if (size != all_sizes) continue;
    if (t == 0) means[1].add(mean_precision(curve));
    if (t == 5) means[2].add(mean_precision(curve));
    for (std::size_t r = 0; r < coco_recalls; ++r) result.precision[t][r] += curve.precision[r];
  }
  if (size != all_sizes) {
    means[2 + size].add(ap);
    means[8 + size].add(ar);
    return;
  }
  means[0].add(ap);
  means[8].add(ar);
  for (std::size_t m = 0; m + 1 < most_detections.size(); ++m) {
    double recall = 0;
    for (std::size_t t = 0; t < coco_ious; ++t)
      recall += curve_of(ranking, t, most_detections[m]).recall / coco_ious;
    means[6 + m].add(recall);
  }
}

void require_sense(const CocoImage& image, std::size_t index, std::size_t categories) {
  const auto require = [&](bool good, const char* what) {
    if (!good)
      throw Error(ErrorCode::invalid_argument,
                  "evaluate_coco: image " + std::to_string(index) + " has " + what);
  };
  for (const CocoFace& f : image.faces) {
    require(std::isfinite(f.x) && std::isfinite(f.y) && std::isfinite(f.w) && std::isfinite(f.h) &&
                std::isfinite(f.area),
            "a face with a number that is not finite");
    require(f.category < categories, "a face of an unknown category");
  }
  for (const CocoFound& d : image.found) {
    require(std::isfinite(d.box.x) && std::isfinite(d.box.y) && std::isfinite(d.box.w) &&
                std::isfinite(d.box.h) && std::isfinite(d.box.score),
            "a detection with a number that is not finite");
    require(d.category < categories, "a detection of an unknown category");
  }
}

}  // namespace

CocoResult evaluate_coco(std::span<const CocoImage> images, std::size_t categories) {
  CocoResult result;
  result.images = images.size();
  for (std::size_t i = 0; i < images.size(); ++i) {
    require_sense(images[i], i, categories);
    for (const CocoFace& f : images[i].faces) ++(f.crowd ? result.crowds : result.faces);
    result.detections += images[i].found.size();
  }
  CocoMeans means;
  std::size_t with_faces = 0;
  for (std::size_t category = 0; category < categories; ++category) {
    std::array<CocoRanking, coco_areas.size()> rankings;
    for (const CocoImage& image : images) {
      const CocoCase c = case_of(image, category);
      for (std::size_t size = 0; size < rankings.size(); ++size)
        judge_case(c, coco_areas[size], rankings[size]);
    }
    with_faces += rankings[all_sizes].faces > 0 ? 1 : 0;
    for (std::size_t size = 0; size < rankings.size(); ++size) {
      std::vector<CocoJudged>& judged = rankings[size].judged;
      std::stable_sort(judged.begin(), judged.end(),
                       [](const CocoJudged& a, const CocoJudged& b) { return a.score > b.score; });
      add_figures(rankings[size], size, means, result);
    }
  }
  for (std::size_t i = 0; i < means.size(); ++i) result.figures[i] = means[i].value();
  for (auto& curve : result.precision)
    for (double& p : curve) p /= static_cast<double>(std::max<std::size_t>(with_faces, 1));
  return result;
}

}  // namespace faceshot::evaluate
