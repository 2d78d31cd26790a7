#include "evaluate/tracks/mot_frames.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "track/assignment.hpp"

namespace faceshot::evaluate {
namespace {

constexpr double least_overlap = 0.5 - std::numeric_limits<double>::epsilon();

/// Numbers ids without gaps, in order of appearance.
class MotIds {
 public:
  std::size_t operator[](std::int64_t id) {
    return ids_.try_emplace(id, ids_.size()).first->second;
  }
  [[nodiscard]] std::size_t size() const { return ids_.size(); }

 private:
  std::map<std::int64_t, std::size_t> ids_;
};

/// For each result of a frame: whether it matches a distractor.
std::vector<bool> finds_distractor(std::span<const MotBox> truth, std::span<const MotBox> found,
                                   track::Assigner& assigner) {
  std::vector<bool> result(found.size(), false);
  const auto distracts = [](const MotBox& box) { return mot_distractor(box.type); };
  if (std::none_of(truth.begin(), truth.end(), distracts)) return result;
  std::vector<double> worth(truth.size() * found.size());
  for (std::size_t t = 0; t < truth.size(); ++t)
    for (std::size_t f = 0; f < found.size(); ++f) {
      const double overlap = mot_iou(truth[t], found[f]);
      worth[t * found.size() + f] = overlap < least_overlap ? 0 : overlap;
    }
  for (const track::Pair& pair : assigner.solve(worth, truth.size(), found.size()))
    if (distracts(truth[pair.row])) result[pair.column] = true;
  return result;
}

}  // namespace

double mot_iou(const MotBox& a, const MotBox& b) noexcept {
  const double x2 = a.left + a.width, y2 = a.top + a.height;
  const double bx2 = b.left + b.width, by2 = b.top + b.height;
  const double shared = std::max(0.0, std::min(x2, bx2) - std::max(a.left, b.left)) *
                        std::max(0.0, std::min(y2, by2) - std::max(a.top, b.top));
  const double one = (x2 - a.left) * (y2 - a.top), other = (bx2 - b.left) * (by2 - b.top);
  const double united = one + other - shared;
  constexpr double nothing = std::numeric_limits<double>::epsilon();
  return one <= nothing || other <= nothing || united <= nothing ? 0 : shared / united;
}

MotFrames mot_frames(const MotSequence& sequence) {
  MotFrames result;
  MotIds truth_ids, found_ids;
  track::Assigner assigner;
  each_mot_frame(sequence,
                 [&](int number, std::span<const MotBox> truth, std::span<const MotBox> found) {
                   result.last = static_cast<std::size_t>(number);
                   const std::vector<bool> out = finds_distractor(truth, found, assigner);
                   MotFrame frame;
                   for (std::size_t f = 0; f < found.size(); ++f)
                     if (!out[f]) frame.found.push_back(found_ids[found[f].id]);
                   for (const MotBox& box : truth) {
                     if (box.type != 1 || static_cast<int>(box.confidence) == 0) continue;
                     frame.truth.push_back(truth_ids[box.id]);
                     for (std::size_t f = 0; f < found.size(); ++f)
                       if (!out[f]) frame.iou.push_back(mot_iou(box, found[f]));
                   }
                   result.truth_boxes += frame.truth.size();
                   result.found_boxes += frame.found.size();
                   result.frames.push_back(std::move(frame));
                 });
  result.truth_ids = truth_ids.size();
  result.found_ids = found_ids.size();
  return result;
}

}  // namespace faceshot::evaluate
