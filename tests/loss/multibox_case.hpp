// A small grid of priors, and random outputs of a network on it, for tests of the multibox loss.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/random.hpp"
#include "loss/multibox_loss.hpp"

namespace faceshot::loss::multibox_loss_test {

using geometry::Annotation;

inline constexpr std::array<float, 4> variances{0.1F, 0.1F, 0.2F, 0.2F};

inline PriorGrid prior_grid() {
  return make_prior_grid(
      {.levels = {{.min_sizes = {10, 16}, .max_sizes = {}, .aspect_ratios = {}}}}, 64, 64,
      {{8, 8}});
}

inline std::vector<Prior> grid() { return prior_grid().priors; }

inline Annotation face(float x1, float y1, float x2, float y2, bool ignore = false) {
  Annotation a;
  a.box = {x1, y1, x2, y2};
  a.ignore = ignore;
  return a;
}

struct Outputs {
  std::vector<float> loc, conf;
  std::vector<float> landmarks{};  ///< empty: a network without
};

inline Outputs random_outputs(std::size_t images, std::size_t priors, std::size_t classes,
                              std::uint64_t seed) {
  base::Random random(seed);
  Outputs o{std::vector<float>(images * priors * 4),
            std::vector<float>(images * priors * (classes + 1))};
  for (float& v : o.loc) v = random.uniform(-2, 2);
  for (float& v : o.conf) v = random.uniform(-3, 3);
  return o;
}

inline MultiboxResult loss_of(const Outputs& o,
                              const std::vector<std::vector<Annotation>>& annotations,
                              const LossOptions& options = {}, int threads = 1,
                              std::size_t classes = 1) {
  MultiboxResult result;
  multibox_loss(o.loc, o.conf, o.landmarks, prior_grid(), variances, annotations, classes, options,
                threads, result);
  return result;
}

}  // namespace faceshot::loss::multibox_loss_test
