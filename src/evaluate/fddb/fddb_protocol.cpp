#include "evaluate/fddb/fddb_protocol.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "faceshot/error.hpp"
#include "track/assignment.hpp"

namespace faceshot::evaluate {
namespace {

constexpr double discrete_overlap = 0.5;

/// The counts of one image at a score, or their difference from the score above.
struct FddbCount {
  double hits = 0, overlap = 0, shown = 0;
};

void require_finite(const FddbImage& image) {
  bool good = true;
  const auto ellipse = [](const FddbEllipse& e) {
    return std::isfinite(e.major) && std::isfinite(e.minor) && std::isfinite(e.angle) &&
           std::isfinite(e.x) && std::isfinite(e.y);
  };
  for (const FddbEllipse& face : image.faces) good = good && ellipse(face);
  for (const FddbFound& found : image.found) {
    good = good && std::isfinite(found.score);
    if (const auto* r = std::get_if<FddbRectangle>(&found.region))
      good = good && std::isfinite(r->x) && std::isfinite(r->y) && std::isfinite(r->w) &&
             std::isfinite(r->h);
    else
      good = good && ellipse(std::get<FddbEllipse>(found.region));
  }
  if (!good)
    throw Error(ErrorCode::invalid_argument,
                "fddb_roc: '" + image.name + "' has a number that is not finite");
}

/// Adds the changes at each of an image's scores.
void add_image(const FddbImage& image, track::Assigner& assigner,
               std::map<double, FddbCount, std::greater<>>& changes) {
  std::vector<std::size_t> order(image.found.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return image.found[a].score > image.found[b].score;
  });
  const std::size_t faces = image.faces.size();
  std::vector<double> worth;  // detections x faces
  FddbCount before;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const FddbFound& found = image.found[order[i]];
    for (const FddbEllipse& face : image.faces)
      worth.push_back(fddb_overlap(face, found, image.width, image.height));
    if (i + 1 < order.size() && image.found[order[i + 1]].score == found.score) continue;
    FddbCount now{0, 0, static_cast<double>(i + 1)};
    for (const track::Pair& pair : assigner.solve(worth, i + 1, faces)) {
      const double overlap = worth[pair.row * faces + pair.column];
      now.overlap += overlap;
      now.hits += overlap > discrete_overlap ? 1 : 0;
    }
    FddbCount& change = changes[found.score];
    change.hits += now.hits - before.hits;
    change.overlap += now.overlap - before.overlap;
    change.shown += now.shown - before.shown;
    before = now;
  }
}

}  // namespace

FddbRoc fddb_roc(std::span<const FddbImage> images) {
  FddbRoc roc;
  track::Assigner assigner;
  std::map<double, FddbCount, std::greater<>> changes;
  for (const FddbImage& image : images) {
    require_finite(image);
    ++roc.images;
    roc.faces += image.faces.size();
    roc.detections += image.found.size();
    add_image(image, assigner, changes);
  }
  const double faces = static_cast<double>(std::max<std::size_t>(roc.faces, 1));
  FddbCount sum;
  for (const auto& [score, change] : changes) {
    sum.hits += change.hits;
    sum.overlap += change.overlap;
    sum.shown += change.shown;
    roc.points.push_back({score, sum.hits / faces, sum.overlap / faces,
                          static_cast<std::size_t>(std::lround(sum.shown - sum.hits))});
  }
  return roc;
}

FddbPoint fddb_rates_at(const FddbRoc& roc, std::size_t false_alarms) {
  FddbPoint best;
  for (const FddbPoint& point : roc.points)
    if (point.false_alarms <= false_alarms) best = point;
  return best;
}

}  // namespace faceshot::evaluate
