// Restores the BatchNorm that an exported file has folded into convolutions, so that training can
// continue from that file. No Torch here.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "network/network_spec.hpp"
#include "weights/weights.hpp"

namespace faceshot::loader {
struct Batch;
}

namespace faceshot::model {
class TorchNetwork;
}

namespace faceshot::train {

/// Of a layer's output, for each channel.
struct ChannelStatistics {
  std::vector<double> mean, variance;
};

/// Mean and variance of these layers' outputs over images, all in one pass, in float32; `network`
/// is put into evaluation mode, then back. A few images at a time: as all maps are in memory, more
/// would need more than training does.
/// @param next  gives the next batch; false: there are no more. At least one comes
/// @return in the order of `layers`
[[nodiscard]] std::vector<ChannelStatistics> measure_channels(
    model::TorchNetwork& network, const std::vector<std::string>& layers,
    const std::function<bool(loader::Batch&)>& next);

/// Gives a BatchNorm that only adds a bias (init_weights.hpp) the statistics of what it reads:
/// with mean m and variance v running_mean becomes m, running_var v, weight sqrt(v + epsilon) and
/// bias m more than it was. In evaluation mode that is the same function; in training mode nearly
/// so, as the statistics are those of the data.
///
/// Each output channel of the convolution before it is scaled to the size that He's initialisation
/// gives (he_deviation()), and BatchNorm takes it back: Adam's steps are of one size for all
/// weights, and a fold leaves weights of any size. Channels of nothing but zeros stay.
/// @param conv, norm  a pair of batch_norm_pairs()
/// @param read  statistics of the output of `conv` as it is in `weights`
/// @param known  so many of the channels are the file's; the others (grow_weights.hpp) are
///   normalised: weight 1, bias 0
void unfold_batch_norm(weights::Weights& weights, const network::Layer& conv,
                       const network::Layer& norm, const ChannelStatistics& read,
                       std::size_t known);

}  // namespace faceshot::train
