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

/// Of a layer's output, per channel.
struct ChannelStatistics {
  std::vector<double> mean, variance;
};

/// Mean and variance of these layers' outputs over images, all in one pass, in float32; `network`
/// is put into evaluation mode, then back. Use batches of a few images: all maps are in memory at
/// once, so larger batches would need more than training does.
/// @param next  gives the next batch; false: there are no more. There must be at least one
/// @return in the order of `layers`
[[nodiscard]] std::vector<ChannelStatistics> measure_channels(
    model::TorchNetwork& network, const std::vector<std::string>& layers,
    const std::function<bool(loader::Batch&)>& next);

/// Gives a BatchNorm that only adds a bias (init_weights.hpp) the statistics of its input:
/// with mean m and variance v, running_mean becomes m, running_var v, weight sqrt(v + epsilon), and
/// m is added to the bias. In evaluation mode that is the same function; in training mode nearly
/// so, since the statistics are those of the data.
///
/// Each output channel of the convolution before it is scaled to the magnitude of He's
/// initialisation (he_deviation()), and BatchNorm compensates: Adam's steps have the same size for
/// all weights, while folding leaves weights of any magnitude. Channels of only zeros stay.
/// @param conv, norm  a pair of batch_norm_pairs()
/// @param read  statistics of the output of `conv` with the values in `weights`
/// @param known  number of channels that come from the file; the others (grow_weights.hpp) are
///   normalised: weight 1, bias 0
void unfold_batch_norm(weights::Weights& weights, const network::Layer& conv,
                       const network::Layer& norm, const ChannelStatistics& read,
                       std::size_t known);

}  // namespace faceshot::train
