#include "train/start/unfold_batch_norm.hpp"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "loader/loader.hpp"
#include "model/torch_network.hpp"
#include "network/he_deviation.hpp"
#include "train/config/input.hpp"

namespace faceshot::train {
namespace {

/// Maps of all layers are in memory for this many images at once.
constexpr int images_at_once = 4;

/// With a larger scale the channel is practically dead, and scaling would amplify noise.
constexpr double largest_scale = 1e3;

/// Merges the statistics of `count` values per channel with those of `more` others: Chan et al.
/// 1979.
void join(ChannelStatistics& into, double count, const torch::Tensor& mean,
          const torch::Tensor& variance, double more) {
  const auto* const m = mean.data_ptr<float>();
  const auto* const v = variance.data_ptr<float>();
  const auto channels = static_cast<std::size_t>(mean.numel());
  into.mean.resize(channels);
  into.variance.resize(channels);
  const double share = more / (count + more);
  for (std::size_t c = 0; c < channels; ++c) {
    const double apart = static_cast<double>(m[c]) - into.mean[c];
    into.mean[c] += share * apart;
    into.variance[c] += share * (static_cast<double>(v[c]) - into.variance[c]) +
                        share * (1 - share) * apart * apart;
  }
}

/// Factor that brings a channel's weights to the magnitude of He's initialisation.
double scale_of(const float* weights, std::size_t count, double deviation) {
  double squares = 0;
  for (std::size_t i = 0; i < count; ++i)
    squares += static_cast<double>(weights[i]) * static_cast<double>(weights[i]);
  if (squares == 0) return 1;
  return std::clamp(deviation * std::sqrt(static_cast<double>(count) / squares), 1 / largest_scale,
                    largest_scale);
}

}  // namespace

std::vector<ChannelStatistics> measure_channels(model::TorchNetwork& network,
                                                const std::vector<std::string>& layers,
                                                const std::function<bool(loader::Batch&)>& next) {
  const torch::NoGradGuard no_grad;
  network.train(false);
  std::vector<ChannelStatistics> all(layers.size());
  double images = 0;
  loader::Batch batch;
  while (next(batch)) {
    const std::size_t image_bytes = batch.pixels.size() / static_cast<std::size_t>(batch.count);
    for (int first = 0; first < batch.count; first += images_at_once) {
      const int count = std::min(images_at_once, batch.count - first);
      const auto maps = network.layer_outputs(
          make_input(batch.pixels.data() + static_cast<std::size_t>(first) * image_bytes, count,
                     batch.size, batch.size, network.spec().input, "fp32"),
          layers);
      for (std::size_t l = 0; l < layers.size(); ++l) {
        const auto [variance, mean] =
            torch::var_mean(maps[l], torch::IntArrayRef({0, 2, 3}), /*unbiased=*/false);
        join(all[l], images, mean, variance, count);
      }
      images += count;
    }
  }
  network.train(true);
  return all;
}

void unfold_batch_norm(weights::Weights& weights, const network::Layer& conv,
                       const network::Layer& norm, const ChannelStatistics& read,
                       std::size_t known) {
  weights::WeightArray& kernel = weights.at(conv.name + ".weight");
  const auto channels = static_cast<std::size_t>(conv.out_channels);
  const std::size_t per_channel = kernel.values.size() / channels;
  const double deviation = network::he_deviation(kernel.shape);
  const auto of_norm = [&](const char* part) -> std::vector<float>& {
    return weights.at(norm.name + part).values;
  };
  for (std::size_t c = 0; c < channels; ++c) {
    float* const w = kernel.values.data() + c * per_channel;
    const double scale = scale_of(w, per_channel, deviation);
    for (std::size_t i = 0; i < per_channel; ++i)
      w[i] = static_cast<float>(scale * static_cast<double>(w[i]));
    const double variance = std::max(0.0, scale * scale * read.variance[c]);
    of_norm(".running_mean")[c] = static_cast<float>(scale * read.mean[c]);
    of_norm(".running_var")[c] = static_cast<float>(variance);
    if (c >= known) {
      of_norm(".weight")[c] = 1;
      of_norm(".bias")[c] = 0;
      continue;
    }
    of_norm(".weight")[c] =
        static_cast<float>(std::sqrt(variance + static_cast<double>(norm.epsilon)) / scale);
    float& bias = of_norm(".bias")[c];
    bias = static_cast<float>(static_cast<double>(bias) + read.mean[c]);
  }
}

}  // namespace faceshot::train
