// ATSS and SimOTA against a plain implementation of the papers' algorithms, on random scenes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/random.hpp"
#include "loss/atss.hpp"
#include "loss/matching.hpp"
#include "loss/simota.hpp"

namespace faceshot::loss {
namespace {

using geometry::Annotation;

/// Two levels of square priors on 160 x 160 pixels.
struct Grid {
  std::vector<Prior> priors;
  std::vector<std::size_t> begin;
  std::vector<float> step{8, 16};

  Grid() {
    PriorSpec spec;
    spec.levels = {{.min_sizes = {12, 20}, .max_sizes = {}, .aspect_ratios = {}},
                   {.min_sizes = {40}, .max_sizes = {}, .aspect_ratios = {}}};
    priors = make_priors(spec, 160, 160, {{20, 20}, {10, 10}});
    begin = {0, 800};
  }
};

Annotation face(const Box& box, bool ignore = false) {
  Annotation annotation;
  annotation.box = box;
  annotation.ignore = ignore;
  return annotation;
}

std::vector<Annotation> random_faces(base::Random& random) {
  std::vector<Annotation> faces;
  for (int i = 0; i < 4; ++i) {
    const float w = random.uniform(6, 70);
    const float h = w * random.uniform(0.8F, 1.4F);
    const float x = random.uniform(0, 160 - w);
    const float y = random.uniform(0, std::max(0.0F, 160 - h));
    faces.push_back(face({x, y, x + w, y + h}));
  }
  return faces;
}

bool inside(const Prior& p, const Box& b) {
  return p.cx > b.x1 && p.cx < b.x2 && p.cy > b.y1 && p.cy < b.y2;
}

TEST(Atss, PositivesAreAboveTheThresholdOfTheirFace) {
  const Grid grid;
  base::Random random(1);
  int checked = 0;
  for (int trial = 0; trial < 60; ++trial) {
    const auto faces = random_faces(random);
    const auto match = match_atss(grid.priors, grid.begin, faces, {});
    for (std::size_t f = 0; f < faces.size(); ++f) {
      // Algorithm 1, lines 3 to 12.
      std::vector<std::size_t> candidates;
      for (std::size_t level = 0; level < 2; ++level) {
        const std::size_t end = level == 0 ? 800 : grid.priors.size();
        std::vector<std::pair<float, std::size_t>> distances;
        for (std::size_t p = grid.begin[level]; p < end; ++p)
          distances.emplace_back(std::hypot(grid.priors[p].cx - faces[f].box.center_x(),
                                            grid.priors[p].cy - faces[f].box.center_y()),
                                 p);
        std::sort(distances.begin(), distances.end());
        for (int k = 0; k < 9; ++k)
          candidates.push_back(distances[static_cast<std::size_t>(k)].second);
      }
      double sum = 0;
      for (const auto p : candidates) sum += iou(grid.priors[p].box(), faces[f].box);
      const double mean = sum / 18;
      double squares = 0;
      for (const auto p : candidates)
        squares += std::pow(iou(grid.priors[p].box(), faces[f].box) - mean, 2);
      const double threshold = mean + std::sqrt(squares / 17);
      for (const auto p : candidates) {
        const double overlap = iou(grid.priors[p].box(), faces[f].box);
        if (std::abs(overlap - threshold) < 1e-5) continue;
        const bool qualifies = overlap > threshold && inside(grid.priors[p], faces[f].box);
        if (!qualifies) continue;
        // Its own, or another face's with a larger IoU.
        ASSERT_GE(match[p], 0);
        const auto& owner = faces[static_cast<std::size_t>(match[p])];
        EXPECT_GE(iou(grid.priors[p].box(), owner.box), overlap);
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 200);
}

TEST(Atss, EveryFaceThatAPriorOverlapsHasOne) {
  const Grid grid;
  base::Random random(2);
  for (int trial = 0; trial < 60; ++trial) {
    const auto faces = random_faces(random);
    const auto match = match_atss(grid.priors, grid.begin, {&faces[0], 1}, {});
    EXPECT_GE(std::count(match.begin(), match.end(), 0), 1);
    EXPECT_LE(std::count(match.begin(), match.end(), 0), 18);
  }
}

TEST(Atss, IgnoreRegionsTakePriorsOutButNotThoseOfFaces) {
  const Grid grid;
  const std::vector<Annotation> faces{face({-50, -50, 210, 210}, true), face({50, 50, 70, 70})};
  const auto match = match_atss(grid.priors, grid.begin, faces, {});
  EXPECT_EQ(std::count(match.begin(), match.end(), match_negative), 0);
  EXPECT_GE(std::count(match.begin(), match.end(), 1), 1);
}

/// Predictions: each prior's own box moved a little, and a random score.
struct Guess {
  std::vector<Box> boxes;
  std::vector<float> scores;
};

Guess guess(const Grid& grid, base::Random& random) {
  Guess result;
  for (const Prior& prior : grid.priors) {
    const Box b = prior.box();
    const float dx = random.uniform(-4, 4);
    const float dy = random.uniform(-4, 4);
    result.boxes.push_back({b.x1 + dx, b.y1 + dy, b.x2 + dx, b.y2 + dy});
    result.scores.push_back(random.uniform(0.01F, 0.99F));
  }
  return result;
}

TEST(Simota, IsTheAlgorithmOfYolox) {
  const Grid grid;
  base::Random random(3);
  int positives = 0;
  for (int trial = 0; trial < 40; ++trial) {
    const auto faces = random_faces(random);
    const Guess g = guess(grid, random);
    const auto match =
        match_simota(grid.priors, grid.begin, grid.step, faces, {g.boxes, g.scores}, {});

    // As in the authors' code: a cost matrix, dynamic k, then the cheapest face of each prior.
    const std::size_t n = grid.priors.size();
    std::vector<double> best_cost(n, std::numeric_limits<double>::infinity());
    std::vector<std::int32_t> wanted(n, match_negative);
    for (std::size_t f = 0; f < faces.size(); ++f) {
      const Box& box = faces[f].box;
      std::vector<std::pair<double, std::size_t>> costs;
      std::vector<double> overlaps;
      for (std::size_t p = 0; p < n; ++p) {
        const float reach = 2.5F * (p < 800 ? 8 : 16);
        const bool in = inside(grid.priors[p], box);
        const bool near = std::abs(grid.priors[p].cx - box.center_x()) < reach &&
                          std::abs(grid.priors[p].cy - box.center_y()) < reach;
        if (!in && !near) continue;
        const double overlap = iou(g.boxes[p], box);
        overlaps.push_back(overlap);
        costs.emplace_back(
            -std::log(g.scores[p]) - 3 * std::log(std::max(overlap, 1e-8)) + (in && near ? 0 : 1e5),
            p);
      }
      std::sort(overlaps.rbegin(), overlaps.rend());
      double sum = 0;
      for (std::size_t i = 0; i < std::min<std::size_t>(10, overlaps.size()); ++i)
        sum += overlaps[i];
      std::sort(costs.begin(), costs.end());
      const auto k =
          std::min(costs.size(), std::max<std::size_t>(1, static_cast<std::size_t>(sum)));
      for (std::size_t i = 0; i < k; ++i) {
        const auto [cost, p] = costs[i];
        if (cost >= best_cost[p]) continue;
        best_cost[p] = cost;
        wanted[p] = static_cast<std::int32_t>(f);
      }
    }
    EXPECT_EQ(match, wanted) << "trial " << trial;
    positives += static_cast<int>(
        std::count_if(match.begin(), match.end(), [](std::int32_t m) { return m >= 0; }));
  }
  EXPECT_GT(positives, 300);
}

}  // namespace
}  // namespace faceshot::loss
