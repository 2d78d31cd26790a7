#include "evaluate/study/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "faceshot/error.hpp"

namespace faceshot::evaluate {
namespace {

void require_sense(std::span<const ApSampler> figures, std::size_t images,
                   const BootstrapOptions& o) {
  const auto require = [](bool good, const std::string& what) {
    if (!good) throw Error(ErrorCode::invalid_argument, "bootstrap: " + what);
  };
  require(o.samples >= 10 && o.samples <= 1'000'000, "needs 10 to 1,000,000 samples");
  require(o.confidence > 0 && o.confidence < 1, "the confidence must be between 0 and 1");
  require(o.threads >= 1, "needs at least one thread");
  for (const ApSampler& figure : figures)
    require(figure.images() == images, "the figures are from different sets of images");
}

/// The value below which a share of the sorted values is, interpolated.
double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double rest = place - static_cast<double>(below);
  return sorted[below] * (1 - rest) + sorted[above] * rest;
}

/// For each figure a row of values, one per sample.
template <typename Value>
std::vector<std::vector<double>> sample_all(std::size_t figures, std::size_t images,
                                            const BootstrapOptions& o, const Value& value) {
  std::vector<std::vector<double>> values(figures, std::vector<double>(o.samples));
  base::parallel_for(o.samples, o.threads, [&](std::size_t s) {
    const std::vector<std::uint32_t> times = draw_images(images, o.seed, s);
    for (std::size_t f = 0; f < figures; ++f) values[f][s] = value(f, times);
  });
  for (std::vector<double>& row : values) std::sort(row.begin(), row.end());
  return values;
}

}  // namespace

std::vector<std::uint32_t> draw_images(std::size_t images, std::uint64_t seed, std::size_t sample) {
  std::vector<std::uint32_t> times(images, 0);
  base::Random random(seed, 0, static_cast<std::uint32_t>(sample));
  for (std::size_t i = 0; i < images; ++i)
    ++times[random.below(static_cast<std::uint32_t>(images))];
  return times;
}

std::vector<Interval> bootstrap(std::span<const ApSampler> figures,
                                const BootstrapOptions& options) {
  if (figures.empty()) return {};
  const std::size_t images = figures.front().images();
  require_sense(figures, images, options);
  const auto values = sample_all(
      figures.size(), images, options,
      [&](std::size_t f, const std::vector<std::uint32_t>& times) { return figures[f].ap(times); });
  const double tail = (1 - options.confidence) / 2;
  std::vector<Interval> intervals;
  for (std::size_t f = 0; f < figures.size(); ++f)
    intervals.push_back(
        {figures[f].ap(), quantile(values[f], tail), quantile(values[f], 1 - tail)});
  return intervals;
}

std::vector<PairedDifference> paired_bootstrap(std::span<const ApSampler> a,
                                               std::span<const ApSampler> b,
                                               const BootstrapOptions& options) {
  if (a.size() != b.size())
    throw Error(ErrorCode::invalid_argument, "bootstrap: two detectors with different figures");
  if (a.empty()) return {};
  const std::size_t images = a.front().images();
  require_sense(a, images, options);
  require_sense(b, images, options);
  const auto values = sample_all(a.size(), images, options,
                                 [&](std::size_t f, const std::vector<std::uint32_t>& times) {
                                   return b[f].ap(times) - a[f].ap(times);
                                 });
  const double tail = (1 - options.confidence) / 2;
  std::vector<PairedDifference> differences;
  for (std::size_t f = 0; f < a.size(); ++f) {
    const std::vector<double>& row = values[f];
    PairedDifference d{a[f].ap(), b[f].ap(), quantile(row, tail), quantile(row, 1 - tail), 1};
    const auto at_most = std::upper_bound(row.begin(), row.end(), 0.0) - row.begin();
    const auto at_least = row.end() - std::lower_bound(row.begin(), row.end(), 0.0);
    // One more than observed: a thousand draws cannot show that a probability is 0.
    const double fewer = static_cast<double>(std::min(at_most, at_least)) + 1;
    d.chance = std::min(1.0, 2 * fewer / (static_cast<double>(row.size()) + 1));
    differences.push_back(d);
  }
  return differences;
}

}  // namespace faceshot::evaluate
