#include "detect/heads/box_voting.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace faceshot::detect {
namespace {

/// The score s of a single box becomes s * s / (s + lone_doubt). Chosen on held-out photographs
/// (docs/evaluation.md, "What box voting is worth").
constexpr double lone_doubt = 0.2;

constexpr std::array<float Box::*, 4> sides{&Box::x1, &Box::y1, &Box::x2, &Box::y2};

}  // namespace

void BoxVoting::count(const Detection& voter, Votes& votes) {
  const double score = voter.score;
  const double weight = score * score;
  votes.score += score;
  votes.weight += weight;
  for (std::size_t side = 0; side < sides.size(); ++side)
    votes.box[side] += weight * double{voter.box.*sides[side]};
  if (!voter.landmarks) return;
  votes.point_weight += weight;
  for (std::size_t k = 0; k < votes.points.size(); ++k)
    votes.points[k] = {votes.points[k][0] + weight * double{(*voter.landmarks)[k].x},
                       votes.points[k][1] + weight * double{(*voter.landmarks)[k].y}};
}

std::span<const Detection> BoxVoting::run(std::span<const Detection> candidates,
                                          std::span<const std::size_t> kept,
                                          std::span<const std::size_t> droppers) {
  assert(droppers.size() == candidates.size());
  votes_.assign(kept.size(), {});
  place_.resize(candidates.size());
  for (std::size_t k = 0; k < kept.size(); ++k) place_[kept[k]] = k;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (droppers[i] == Nms::none) continue;
    const Detection& dropper = candidates[droppers[i]];
    if (candidates[i].label == dropper.label && candidates[i].score >= voter_share * dropper.score)
      count(candidates[i], votes_[place_[droppers[i]]]);
  }

  voted_.clear();
  for (std::size_t k = 0; k < kept.size(); ++k) {
    Detection d = candidates[kept[k]];
    const Votes& votes = votes_[k];
    d.score *= static_cast<float>(votes.score / (votes.score + lone_doubt));
    for (std::size_t side = 0; side < sides.size(); ++side)
      d.box.*sides[side] = static_cast<float>(votes.box[side] / votes.weight);
    if (d.landmarks)
      for (std::size_t p = 0; p < votes.points.size(); ++p)
        (*d.landmarks)[p] = {static_cast<float>(votes.points[p][0] / votes.point_weight),
                             static_cast<float>(votes.points[p][1] / votes.point_weight)};
    voted_.push_back(d);
  }
  order_.resize(voted_.size());
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  // std::stable_sort would allocate.
  std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
    return voted_[a].score != voted_[b].score ? voted_[a].score > voted_[b].score : a < b;
  });
  sorted_.clear();
  for (const std::size_t i : order_) sorted_.push_back(voted_[i]);
  return sorted_;
}

}  // namespace faceshot::detect
