// A network as a list of layers: the one description from which the trainable network is built
// (torch_network.hpp), the ONNX file is written (export/) and summaries are printed. No Torch here.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "faceshot/image_view.hpp"
#include "faceshot/prior.hpp"

namespace faceshot::network {

enum class LayerKind : std::uint8_t {
  conv,        ///< 2-D convolution: parameters NAME.weight (OIHW) and, with bias, NAME.bias
  batch_norm,  ///< NAME.weight, NAME.bias, NAME.running_mean, NAME.running_var; epsilon as below
  relu,
  relu6,     ///< min(max(x, 0), 6)
  add,       ///< element-wise sum of two inputs of the same shape
  concat,    ///< any number of inputs of the same size, one after the other along the channels
  upsample,  ///< nearest neighbour, by the factor `stride`
  max_pool,  ///< window `kernel`, `stride`, `padding`
  avg_pool,  ///< the same; padding counts as zeros, as in PyTorch's default
  l2_norm,   ///< each cell's channels scaled to length 1, times NAME.weight (a number a channel):
             ///< ParseNet, Liu et al. 2015, section 3.3; starts at 20 as in SSD
  max_out,   ///< channels come in runs of the lengths `runs`, over and over; of each run the
             ///< largest: S3FD's max-out (Zhang et al. 2017, section 3.3)
};

struct Kernel {
  int height = 1, width = 1;
};

/// Zeros around a map (minus infinity for max_pool).
struct Padding {
  int top = 0, left = 0, bottom = 0, right = 0;
};

/// One layer. Layers are listed in an order in which they can be computed; `inputs` name earlier
/// layers, or "input" for the image.
struct Layer {
  std::string name;
  LayerKind kind = LayerKind::conv;
  std::vector<std::string> inputs;
  int in_channels = 0;      ///< of the first input
  int out_channels = 0;     ///< equal to in_channels but for conv, concat and max_out
  Kernel kernel{};          ///< conv, max_pool, avg_pool
  int stride = 1;           ///< conv, pools, both ways; upsample: the factor
  Padding padding{};        ///< conv, pools
  bool pads_same = false;   ///< conv: padding as TensorFlow's SAME instead, which depends on the
                            ///< size: the output is ceil(size / stride), odd zeros go to the end
  bool ceil_mode = false;   ///< max_pool: a last window that is cut off by the border counts
  int dilation = 1;         ///< conv
  int groups = 1;           ///< conv
  bool bias = false;        ///< conv
  float epsilon = 1e-5F;    ///< batch_norm
  std::vector<int> runs{};  ///< max_out: at least one, each at least 1; {3, 1} makes 2 of 4
};

/// A detection head on one feature map: layers whose channels are, for prior k of a cell,
/// 4k..4k+3 (location offsets), (classes+1)k.. (logits, background first) and, if the network finds
/// landmarks, 10k..10k+9 (offsets of five points).
struct Head {
  std::string feature;  ///< layer whose output's size gives the cells of this level
  std::string loc;      ///< conv layer with priors_per_cell * 4 channels
  std::string conf;     ///< priors_per_cell * (classes + 1) channels: a conv layer, or a max_out
                        ///< layer on one
  std::string landmarks{};  ///< conv layer with priors_per_cell * 10 channels; empty: none
};

/// A place of the backbone that other parts take their input from, under the field's name for it:
/// "C3" is what the backbone gives at stride 8, "C4" at 16, "C5" at 32.
struct Tap {
  std::string name;
  std::string layer;
};

/// What a network wants to see: (pixel - mean) * scale, pixels 0 to 255, in this order of channels.
struct InputSpec {
  PixelFormat order = PixelFormat::bgr;  ///< bgr or rgb
  std::array<float, 3> mean{127.5F, 127.5F, 127.5F};
  std::array<float, 3> scale{1 / 128.0F, 1 / 128.0F, 1 / 128.0F};
};

struct NetworkSpec {
  std::string name;  ///< "faceshot-nano"
  InputSpec input;
  std::vector<Layer> layers;
  std::vector<Tap> taps;    ///< of the backbone, in layer order
  std::vector<Head> heads;  ///< one a level, in the order of `priors.levels`
  PriorSpec priors;
  std::vector<std::string> classes{"face"};  ///< without background
  bool one_label = false;                    ///< nothing is of two classes at once
  bool box_voting = true;                    ///< boxes that are dropped vote (ModelInfo)
  int input_channels = 3;
  int size_divisor = 32;  ///< input width and height must be multiples of it
};

/// Whether its heads give landmarks: all of them do, or none.
[[nodiscard]] bool has_landmarks(const NetworkSpec& spec);

/// Size of the map that `layer` outputs for an input of the given size.
/// @throws Error(not_found) if there is no such layer
[[nodiscard]] FeatureSize output_size(const NetworkSpec& spec, const std::string& layer,
                                      int input_width, int input_height);

/// Sizes of all head feature maps, in head order: what make_priors() wants.
[[nodiscard]] std::vector<FeatureSize> feature_sizes(const NetworkSpec& spec, int input_width,
                                                     int input_height);

/// Checks names, inputs, channel counts and that heads fit the priors.
/// @throws Error(invalid_argument) that names the layer
void validate(const NetworkSpec& spec);

/// Sizes of all layers' outputs by layer, "input" among them. Sizes below 1 mean that the input is
/// too small.
[[nodiscard]] std::map<std::string, FeatureSize> layer_sizes(const NetworkSpec& spec,
                                                             int input_width, int input_height);

/// Shapes of a layer's parameters and BatchNorm statistics, by their names: "NAME.weight" and so
/// on. None for layers without.
[[nodiscard]] std::map<std::string, std::vector<std::int64_t>> parameter_shapes(const Layer& layer);

/// Number of trainable parameters, and multiply-accumulates for one input of the given size.
[[nodiscard]] std::int64_t parameter_count(const Layer& layer);
[[nodiscard]] std::int64_t parameter_count(const NetworkSpec& spec);
[[nodiscard]] std::int64_t multiply_accumulates(const Layer& layer, FeatureSize output);
[[nodiscard]] std::int64_t multiply_accumulates(const NetworkSpec& spec, int input_width,
                                                int input_height);

/// Removes the layers that no head needs, and taps of them.
void prune(NetworkSpec& spec);

}  // namespace faceshot::network
