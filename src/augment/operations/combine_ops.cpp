// Operations that combine others.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "augment/operations/families.hpp"

namespace faceshot::augment {
namespace {

void sequential(const Step& step, Canvas& canvas, base::Random& random,
                const AugmentContext& context) {
  for (const Step& inner : step.steps) run(inner, canvas, random, context);
}

void one_of(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext& context) {
  if (step.steps.empty()) return;
  const auto weights = step["weights"].values();
  if (weights.size() != step.steps.size()) {  // not given: equal weights
    const auto chosen = random.below(static_cast<std::uint32_t>(step.steps.size()));
    run(step.steps[chosen], canvas, random, context);
    return;
  }
  float left = random.uniform(0, std::accumulate(weights.begin(), weights.end(), 0.0F));
  std::size_t chosen = 0;
  while (chosen + 1 < weights.size() && left >= weights[chosen]) left -= weights[chosen++];
  run(step.steps[chosen], canvas, random, context);
}

/// `count` different numbers below `total`, in a random order.
std::vector<std::size_t> draw_distinct(std::size_t count, std::size_t total, base::Random& random) {
  std::vector<std::size_t> order(total);
  std::iota(order.begin(), order.end(), std::size_t{0});
  count = std::min(count, total);
  for (std::size_t i = 0; i < count; ++i)
    std::swap(order[i], order[i + random.below(static_cast<std::uint32_t>(total - i))]);
  order.resize(count);
  return order;
}

void some_of(const Step& step, Canvas& canvas, base::Random& random,
             const AugmentContext& context) {
  const auto count = static_cast<std::size_t>(std::max(0, step.draw_whole("n", random)));
  auto chosen = draw_distinct(count, step.steps.size(), random);
  std::sort(chosen.begin(), chosen.end());
  for (const std::size_t i : chosen) run(step.steps[i], canvas, random, context);
}

/// RandAugment's choices if a policy lists none.
const std::vector<Step>& usual_choice() {
  static const std::vector<Step> steps = [] {
    std::vector<Step> all;
    for (const auto* name :
         {"fliplr", "affine", "perspective", "brightness", "contrast", "saturation", "hue",
          "white_balance", "gamma", "posterize", "equalize", "directional_light", "shadow",
          "gaussian_blur", "motion_blur", "downscale", "jpeg", "iso_noise", "cutout"})
      all.emplace_back(find_operation(name));
    return all;
  }();
  return steps;
}

/// Cubuk et al., "RandAugment: Practical automated data augmentation with a reduced search space",
/// CVPR Workshops 2020.
void rand_augment(const Step& step, Canvas& canvas, base::Random& random,
                  const AugmentContext& context) {
  const auto& steps = step.steps.empty() ? usual_choice() : step.steps;
  const auto count = static_cast<std::size_t>(std::max(0, step.draw_whole("n", random)));
  const float strength = step.draw("m", random) / 10;
  for (const std::size_t i : draw_distinct(count, steps.size(), random))
    run(with_strength(steps[i], strength), canvas, random, context);
}

/// The policy schedules of Ho et al., "Population Based Augmentation", ICML 2019.
void schedule(const Step& step, Canvas& canvas, base::Random& random,
              const AugmentContext& context) {
  const auto until = step["until"].values();
  if (step.steps.empty() || until.size() != step.steps.size()) return;
  std::size_t stage = 0;
  while (stage + 1 < until.size() && context.progress >= until[stage]) ++stage;
  run(step.steps[stage], canvas, random, context);
}

}  // namespace

std::vector<OperationInfo> combinators() {
  const char* const family = "combinators";
  return {
      {"sequential", family, "runs all steps in order", {}, sequential, true},
      {"sometimes", family, "runs all steps with probability p, else none", {}, sequential, true},
      {"one_of",
       family,
       "runs one of the steps, chosen at random",
       {{.name = "weights",
         .initial = 1,
         .low = 0,
         .high = 1e6F,
         .meaning = "relative probability of each step; default: equal",
         .list = true}},
       one_of,
       true},
      {"some_of",
       family,
       "runs n different steps, in the order written",
       {{.name = "n",
         .initial = 1,
         .low = 0,
         .high = 1000,
         .meaning = "how many",
         .is_integer = true}},
       some_of,
       true},
      {"schedule",
       family,
       "runs one step after the other as training progresses; previews show the last",
       {{.name = "until",
         .initial = 1,
         .low = 0,
         .high = 1,
         .meaning = "share of the training's epochs up to which each step is used, ascending",
         .list = true}},
       schedule,
       true},
      {"rand_augment",
       family,
       "RandAugment: n different steps in random order, all at strength m; if no steps are given, "
       "from a default list",
       {{.name = "n",
         .initial = 2,
         .low = 0,
         .high = 100,
         .meaning = "how many",
         .is_integer = true},
        {"m", 9, 0, 20, "strength: 10 applies each operation as written, 0 nearly nothing"}},
       rand_augment,
       true},
  };
}

}  // namespace faceshot::augment
