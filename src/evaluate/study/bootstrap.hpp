// Confidence intervals by the bootstrap over images.
//
// B. Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7, 1979.
// Images are drawn, not detections, since those of one photograph are dependent. Results depend
// only on the options, not on the number of threads. Thread safe.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "evaluate/study/ap_sampler.hpp"

namespace faceshot::evaluate {

struct BootstrapOptions {
  std::size_t samples = 1000;  ///< number of draws, each of as many images as there are
  std::uint64_t seed = 1;
  double confidence = 0.95;  ///< share of the draws within an interval
  int threads = 1;
};

/// How often each of `images` images is drawn when as many are drawn with replacement.
[[nodiscard]] std::vector<std::uint32_t> draw_images(std::size_t images, std::uint64_t seed,
                                                     std::size_t sample);

struct Interval {
  double value = 0;  ///< of the unchanged set
  double low = 0, high = 0;
};

/// An interval for each figure; all from the same draws.
/// @param figures of one set of images
/// @throws Error(invalid_argument) for impossible options, or figures of different sets
[[nodiscard]] std::vector<Interval> bootstrap(std::span<const ApSampler> figures,
                                              const BootstrapOptions& options);

/// A difference counts as real below this p-value: of a hundred equal pairs one is called
/// different.
inline constexpr double real_difference = 0.01;
/// A smaller difference does not count as real either, since it does not change an AP of three
/// digits: noise in the scores always costs a trace of AP, and on the same images even a trace is
/// significant.
inline constexpr double smallest_difference = 0.0005;

struct PairedDifference {
  double a = 0, b = 0;       ///< of the unchanged sets
  double low = 0, high = 0;  ///< of b - a
  /// Two-sided p-value: the probability that the choice of images alone causes a difference this
  /// large.
  double chance = 1;

  [[nodiscard]] double difference() const { return b - a; }
  [[nodiscard]] bool is_small() const { return std::abs(difference()) < smallest_difference; }
  [[nodiscard]] bool is_real() const { return chance < real_difference && !is_small(); }
};

/// Two detectors on the same images: each draw uses the same images for both, so that difficulty
/// that they share cancels out.
/// @param a, b the same figures in the same order, of the same images in the same order
/// @throws Error(invalid_argument) as bootstrap
[[nodiscard]] std::vector<PairedDifference> paired_bootstrap(std::span<const ApSampler> a,
                                                             std::span<const ApSampler> b,
                                                             const BootstrapOptions& options);

}  // namespace faceshot::evaluate
