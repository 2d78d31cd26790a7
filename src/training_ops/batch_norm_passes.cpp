#include "training_ops/batch_norm_passes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace faceshot::training_ops {
namespace {

using network::Activation;

constexpr double momentum = 0.1;

batch_norm::Range range_of(Activation activation) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  switch (activation) {
    case Activation::relu:
      return {0, infinity};
    case Activation::relu6:
      return {0, 6};
    default:
      return {-infinity, infinity};
  }
}

void move_running(torch::Tensor running, std::size_t channels, const auto& of) {
  auto* const values = running.data_ptr<float>();
  for (std::size_t c = 0; c < channels; ++c)
    values[c] =
        static_cast<float>((1 - momentum) * static_cast<double>(values[c]) + momentum * of(c));
}

}  // namespace

c10::intrusive_ptr<BatchStatistics> take_statistics(torch::Tensor& sums, std::int64_t values,
                                                    const Pieces& pieces,
                                                    const BatchNormTensors& layer, double epsilon,
                                                    Activation activation,
                                                    const SumOverProcesses& sum) {
  const std::size_t channels = pieces.channels();
  auto* const totals = sums.data_ptr<double>();
  totals[2 * channels] = static_cast<double>(values);
  if (sum) sum(sums);

  const double n = totals[2 * channels];
  const auto mean = [&](std::size_t c) { return totals[c] / n; };
  const auto variance = [&](std::size_t c) {
    return std::max(totals[channels + c] / n - mean(c) * mean(c), 0.0);
  };
  // max() would turn NaN into a variance of 0.
  const auto deviation = [&](std::size_t c) {
    return std::isnan(totals[channels + c]) ? totals[channels + c]
                                            : std::sqrt(variance(c) + epsilon);
  };
  move_running(layer.running_mean, channels, mean);
  move_running(layer.running_var, channels,
               [&](std::size_t c) { return variance(c) * (n > 1 ? n / (n - 1) : 1); });

  const auto* const weights = layer.weight.data_ptr<float>();
  const auto* const biases = layer.bias.data_ptr<float>();
  const auto scale = [&](std::size_t c) { return static_cast<double>(weights[c]) / deviation(c); };
  auto statistics = c10::make_intrusive<BatchStatistics>();
  statistics->scale = pieces.repeated(scale);
  statistics->shift = pieces.repeated(
      [&](std::size_t c) { return static_cast<double>(biases[c]) - scale(c) * mean(c); });
  statistics->mean = pieces.repeated(mean);
  for (std::size_t c = 0; c < channels; ++c)
    statistics->inverse_deviation.push_back(1 / deviation(c));
  statistics->count = n;
  statistics->range = range_of(activation);
  statistics->sum = sum;
  return statistics;
}

torch::Tensor normalised(const torch::Tensor& x, const torch::Tensor& residual,
                         const Pieces& pieces, const BatchStatistics& statistics) {
  torch::Tensor y = torch::empty_like(x);
  with_element(x, [&]<typename Element>(Element) {
    const auto* const from = data_of<Element>(x);
    const auto* const added = data_of<Element>(residual);
    auto* const to = data_of<Element>(y);
    pieces.for_each([&](std::size_t first, std::size_t count, std::size_t) {
      batch_norm::normalise<Element>(from + first, at(added, first), to + first, count,
                                     statistics.affine(), statistics.range);
    });
  });
  return y;
}

BatchNormGradient::BatchNormGradient(const torch::Tensor& dy, const torch::Tensor& x,
                                     const torch::Tensor& y, const torch::Tensor& layer_weight,
                                     const Pieces& pieces, const BatchStatistics& statistics,
                                     bool wants_residual)
    : statistics_(statistics), from_(dy), x_(x), output_(y), range_(statistics.range) {
  const std::size_t channels = pieces.channels();
  if (wants_residual) residual = torch::empty_like(x);
  torch::Tensor sums;
  with_element(x, [&]<typename Element>(Element) {
    sums = pieces.sums(0, [&](std::size_t first, std::size_t count, double* into) {
      batch_norm::backward_sums<Element>(
          data_of<Element>(dy) + first, data_of<Element>(x) + first, at(data_of<Element>(y), first),
          at(data_of<Element>(residual), first), count, statistics.affine(), statistics.mean.data(),
          statistics.range, into);
    });
  });
  weight = torch::empty_like(layer_weight);
  bias = torch::empty_like(layer_weight);
  const auto* const totals = sums.data_ptr<double>();
  for (std::size_t c = 0; c < channels; ++c) {
    weight.data_ptr<float>()[c] =
        static_cast<float>(totals[channels + c] * statistics.inverse_deviation[c]);
    bias.data_ptr<float>()[c] = static_cast<float>(totals[c]);
  }
  if (statistics.sum)
    statistics.sum(sums);  // after the parameters' gradients, which are this
                           // process's share

  // dx = scale * (g - mean(g) - (x - mean) / variance * mean(g * (x - mean)))
  const auto* const weights = layer_weight.data_ptr<float>();
  const auto of_g = [&](std::size_t c) {
    return static_cast<double>(weights[c]) * statistics.inverse_deviation[c];
  };
  const auto of_x = [&](std::size_t c) {
    return -of_g(c) * statistics.inverse_deviation[c] * statistics.inverse_deviation[c] *
           totals[channels + c] / statistics.count;
  };
  const auto constant = [&](std::size_t c) {
    return -of_g(c) * totals[c] / statistics.count -
           of_x(c) * static_cast<double>(statistics.mean[c]);
  };
  of_g_ = pieces.repeated(of_g);
  of_x_ = pieces.repeated(of_x);
  constant_ = pieces.repeated(constant);
  if (residual.defined()) {  // which already is the gradient after the activation
    from_ = residual;
    output_ = torch::Tensor();
    range_ = range_of(Activation::none);
  }
}

}  // namespace faceshot::training_ops
