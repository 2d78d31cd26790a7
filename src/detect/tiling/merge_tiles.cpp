#include "detect/tiling/merge_tiles.hpp"

#include <algorithm>

namespace faceshot::detect {
namespace {

/// Share of a box's side: closer to a border than this, the box counts as cut by it.
constexpr float border_share = 0.1F;
/// Multiple of the overlap: most boxes up to this size are whole in some tile.
constexpr float sure_size = 1.5F;
/// Share of the smaller box that must be inside the other one for both to be the same face.
constexpr float contained = 0.7F, contained_doubtful = 0.3F;

bool is_cut(const Box& box, const Tile& tile, int image_width, int image_height) {
  const float near_x = border_share * box.width(), near_y = border_share * box.height();
  const auto left = static_cast<float>(tile.x), top = static_cast<float>(tile.y);
  const auto right = static_cast<float>(tile.x + tile.width);
  const auto bottom = static_cast<float>(tile.y + tile.height);
  return (tile.x > 0 && box.x1 < left + near_x) || (tile.y > 0 && box.y1 < top + near_y) ||
         (tile.x + tile.width < image_width && box.x2 > right - near_x) ||
         (tile.y + tile.height < image_height && box.y2 > bottom - near_y);
}

bool is_doubtful(const Box& box, const Tile& tile, int image_width, int image_height,
                 float overlap) {
  const bool whole = tile.width == image_width && tile.height == image_height;
  return !whole && (std::max(box.width(), box.height()) > sure_size * overlap ||
                    is_cut(box, tile, image_width, image_height));
}

struct Candidate {
  const Detection* detection;
  std::size_t pass;
  bool doubtful;
};

bool same_face(const Candidate& a, const Candidate& b, float iou_threshold) {
  const Box &p = a.detection->box, &q = b.detection->box;
  const float shared = intersect(p, q).area();
  if (shared <= 0) return false;
  return iou(p, q) > iou_threshold ||
         shared > std::min(p.area(), q.area()) *
                      (a.doubtful || b.doubtful ? contained_doubtful : contained);
}

}  // namespace

std::vector<Detection> merge_tiles(std::span<const TileDetections> passes, int image_width,
                                   int image_height, float overlap, float iou_threshold,
                                   std::size_t keep_top, Suppression suppression) {
  const bool across = suppression == Suppression::across_classes;
  std::vector<Candidate> candidates;
  for (std::size_t pass = 0; pass < passes.size(); ++pass)
    for (const Detection& d : passes[pass].found)
      candidates.push_back(
          {&d, pass, is_doubtful(d.box, passes[pass].tile, image_width, image_height, overlap)});
  const auto better = [](const Candidate& a, const Candidate& b) {
    return a.detection->score > b.detection->score;
  };
  std::stable_sort(candidates.begin(), candidates.end(),
                   [&](const Candidate& a, const Candidate& b) {
                     return a.doubtful != b.doubtful ? b.doubtful : better(a, b);
                   });

  std::vector<Candidate> kept;
  for (const Candidate& candidate : candidates)
    if (std::none_of(kept.begin(), kept.end(), [&](const Candidate& k) {
          return k.pass != candidate.pass &&
                 (across || k.detection->label == candidate.detection->label) &&
                 same_face(k, candidate, iou_threshold);
        }))
      kept.push_back(candidate);
  std::stable_sort(kept.begin(), kept.end(), better);

  std::vector<Detection> merged;
  for (const Candidate& k : kept) {
    if (keep_top > 0 && merged.size() == keep_top) break;
    merged.push_back(*k.detection);
  }
  return merged;
}

}  // namespace faceshot::detect
