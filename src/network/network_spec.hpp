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
  concat,    ///< any number of inputs of the same size, joined along the channels
  upsample,  ///< nearest neighbour, by the factor `stride`
  max_pool,  ///< window `kernel`, `stride`, `padding`
  avg_pool,  ///< the same; padding counts as zeros, as in PyTorch's default
  l2_norm,   ///< scales each cell's channels to length 1, times NAME.weight (one number per
             ///< channel): ParseNet, Liu et al. 2015, section 3.3; initially 20 as in SSD
  max_out,   ///< channels come in runs of the lengths `runs`, repeatedly; the maximum of each run:
             ///< S3FD's max-out (Zhang et al. 2017, section 3.3)
};

struct Kernel {
  int height = 1, width = 1;
};

/// Zeros around a map (minus infinity for max_pool).
struct Padding {
  int top = 0, left = 0, bottom = 0, right = 0;
};

/// One layer. Layers are listed in a computable order; `inputs` name earlier layers, or "input" for
/// the image.
struct Layer {
  std::string name;
  LayerKind kind = LayerKind::conv;
  std::vector<std::string> inputs;
  int in_channels = 0;      ///< of the first input
  int out_channels = 0;     ///< equal to in_channels except for conv, concat and max_out
  Kernel kernel{};          ///< conv, max_pool, avg_pool
  int stride = 1;           ///< conv, pools, in both directions; upsample: the factor
  Padding padding{};        ///< conv, pools
  bool pads_same = false;   ///< conv: padding like TensorFlow's SAME instead, which depends on the
                            ///< size: the output is ceil(size / stride), odd zeros go to the end
  bool ceil_mode = false;   ///< max_pool: includes a last window that the border cuts off
  int dilation = 1;         ///< conv
  int groups = 1;           ///< conv
  bool bias = false;        ///< conv
  float epsilon = 1e-5F;    ///< batch_norm
  std::vector<int> runs{};  ///< max_out: at least one, each at least 1; {3, 1} makes 2 of 4
};

/// A detection head on one feature map: layers whose channels are, for prior k of a cell,
/// 4k..4k+3 (location offsets), (classes+1)k.. (logits, background first) and, if the network has
/// landmarks, 10k..10k+9 (offsets of five points).
struct Head {
  std::string feature;  ///< layer whose output size determines the cells of this level
  std::string loc;      ///< conv layer with priors_per_cell * 4 channels
  std::string conf;     ///< priors_per_cell * (classes + 1) channels: a conv layer, or a max_out
                        ///< layer on one
  std::string landmarks{};  ///< conv layer with priors_per_cell * 10 channels; empty: none
};

/// A feature map of the backbone that other parts can use, under its usual name: "C3" is the
/// backbone's output at stride 8, "C4" at 16, "C5" at 32.
struct Tap {
  std::string name;
  std::string layer;
};

/// The network's input: (pixel - mean) * scale, pixels 0 to 255, in this order of channels.
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
  std::vector<Head> heads;  ///< one per level, in the order of `priors.levels`
  PriorSpec priors;
  std::vector<std::string> classes{"face"};  ///< without background
  bool one_label = false;                    ///< classes exclude one another: an object has only
                                             ///< one
  bool box_voting = true;                    ///< suppressed boxes vote (ModelInfo)
  int input_channels = 3;
  int size_divisor = 32;  ///< input width and height must be multiples of it
};

/// Whether its heads have landmarks: all of them do, or none.
[[nodiscard]] bool has_landmarks(const NetworkSpec& spec);

/// Size of the map that `layer` outputs for an input of the given size.
/// @throws Error(not_found) if there is no such layer
[[nodiscard]] FeatureSize output_size(const NetworkSpec& spec, const std::string& layer,
                                      int input_width, int input_height);

/// Sizes of all head feature maps, in head order: the argument of make_priors().
[[nodiscard]] std::vector<FeatureSize> feature_sizes(const NetworkSpec& spec, int input_width,
                                                     int input_height);

/// Checks names, inputs, channel counts and that heads fit the priors.
/// @throws Error(invalid_argument) naming the layer
void validate(const NetworkSpec& spec);

/// Sizes of all layers' outputs by layer, "input" among them. Sizes below 1 mean that the input is
/// too small.
[[nodiscard]] std::map<std::string, FeatureSize> layer_sizes(const NetworkSpec& spec,
                                                             int input_width, int input_height);

/// Shapes of a layer's parameters and BatchNorm statistics, by their names: "NAME.weight" and so
/// on. Empty for layers without any.
[[nodiscard]] std::map<std::string, std::vector<std::int64_t>> parameter_shapes(const Layer& layer);

/// Number of trainable parameters, and multiply-accumulates for one input of the given size.
[[nodiscard]] std::int64_t parameter_count(const Layer& layer);
[[nodiscard]] std::int64_t parameter_count(const NetworkSpec& spec);
[[nodiscard]] std::int64_t multiply_accumulates(const Layer& layer, FeatureSize output);
[[nodiscard]] std::int64_t multiply_accumulates(const NetworkSpec& spec, int input_width,
                                                int input_height);

/// Removes the layers that no head needs, and their taps.
void prune(NetworkSpec& spec);

}  // namespace faceshot::network
