// The engine's representation of a network: the content of an ONNX file after validation.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace faceshot::engine {

using Shape = std::vector<std::int64_t>;

/// A tensor whose values are known before the network runs, row-major: weights (floats), or shapes,
/// axes and indices (integers).
struct Constant {
  Shape shape;
  bool is_integer = false;             ///< which of the two is filled
  std::vector<float> floats;           ///< including values stored as double or in 16 bits
  std::vector<std::int64_t> integers;  ///< including values stored in fewer bits
  int bits = 64;                       ///< of integers: width of each in the file
  bool has_sign = true;                ///< of integers: false for the file's unsigned types
};
using ConstantPtr = std::shared_ptr<const Constant>;

enum class Op : std::uint8_t {
  conv,
  conv_transpose,
  separable_conv,  ///< a depthwise and a pointwise convolution, computed together
  channels,        ///< as many channels of a tensor as the output has, beginning at `start`
  upsample_add,    ///< the first input plus the second at twice its height and width
  row_chain,       ///< several successive layers, computed together row by row
  matmul,
  batch_norm,
  unary,
  binary,
  softmax,
  lp_normalization,
  reduce,
  max_pool,
  average_pool,
  resize,
  concat,
  slice,
  slice_part,
  gather,
  transpose,
  reshape,
  flatten,
  squeeze,
  unsqueeze,
  shape,
  cast,
  identity,
};

enum class Function : std::uint8_t {
  none,
  relu,
  leaky_relu,  ///< x < 0: alpha * x
  clip,        ///< limited to [alpha, beta]
  sigmoid,
  hard_sigmoid,  ///< alpha * x + beta, limited to [0, 1]
  hard_swish,    ///< x * hard_sigmoid(x) with alpha 1/6, beta 1/2
  tanh,
  elu,  ///< x < 0: alpha * (exp(x) - 1)
  softplus,
  exp,
  log,
  sqrt,
  abs,
  negate,
  reciprocal,
  floor,
  ceil,
};

/// A function of single elements.
struct Unary {
  Function function = Function::none;
  float alpha = 0, beta = 0;
};

/// A function of two elements; operands are broadcast as in ONNX (and NumPy).
enum class Binary : std::uint8_t {
  add,
  subtract,
  multiply,
  divide,
  power,
  prelu,  ///< first < 0: first * second
  maximum,
  minimum,
};

enum class Reduction : std::uint8_t { mean, sum, max, l2 };

enum class AutoPadding : std::uint8_t { none, same_upper, same_lower };

/// A window that slides over height and width.
struct Window {
  std::array<std::int64_t, 2> kernel{1, 1}, stride{1, 1}, dilation{1, 1};
  std::array<std::int64_t, 4> padding{0, 0, 0, 0};   ///< top, left, bottom, right
  AutoPadding automatic = AutoPadding::none;         ///< if set, the padding follows from the input
                                                     ///< size
  bool whole_input = false;                          ///< global pooling: the kernel is the input
  bool rounds_up = false;                            ///< pooling: ceil_mode
  std::array<std::int64_t, 2> output_padding{0, 0};  ///< conv_transpose
  std::array<std::int64_t, 2> output_size{0, 0};     ///< conv_transpose, if given: sets the padding
};

enum class Coordinates : std::uint8_t {
  half_pixel,
  pytorch_half_pixel,
  align_corners,
  asymmetric,
};
enum class Rounding : std::uint8_t { prefer_floor, prefer_ceil, floor, ceil };

/// How a resized tensor samples its input; the terms are ONNX's.
struct Resize {
  bool linear = false;
  Coordinates coordinates = Coordinates::asymmetric;
  Rounding rounding = Rounding::floor;
};

/// One operation. Tensors are indices into Graph::tensors; `op` determines which fields are
/// meaningful.
struct Node {
  Op op = Op::identity;
  std::string name;
  /// First the data, then what must be known when the input size is known:
  ///   reshape: target; squeeze, unsqueeze, reduce: axes; gather: indices;
  ///   slice: starts, ends, axes, steps; resize: scales, sizes. -1 for an omitted input.
  std::vector<int> inputs;
  int output = -1;

  Window window;                    ///< conv, conv_transpose, max_pool, average_pool
  std::int64_t group = 1;           ///< conv, conv_transpose
  ConstantPtr weight;               ///< conv: OIHW; conv_transpose: IOHW. I or O counts one group
  ConstantPtr bias;                 ///< conv, conv_transpose: one per channel, or null
  std::vector<Node> stages;         ///< separable_conv: the two, in order; row_chain: all of them
  bool adds_input = false;          ///< conv: adds inputs[1] to its result, before `unary`;
                                    ///< separable_conv: the second stage does; upsample_add
  Unary unary;                      ///< unary; conv, conv_transpose: the activation fused into them
  Binary binary = Binary::add;      ///< binary
  std::vector<float> scale, shift;  ///< batch_norm: y = x * scale + shift, per channel

  std::int64_t axis = 0;  ///< concat, softmax, flatten, gather, slice_part, lp_normalization
  bool flattens = false;  ///< softmax: over all axes from `axis` on (before opset 13)
  std::int64_t norm = 2;  ///< lp_normalization: 1 or 2
  Reduction reduction = Reduction::mean;            ///< reduce
  bool keeps_dimensions = true;                     ///< reduce
  bool without_axes_is_identity = false;            ///< reduce: no axes means none, not all
  bool counts_padding = false;                      ///< average_pool
  bool transposes_a = false, transposes_b = false;  ///< matmul
  Resize resize;                                    ///< resize
  Shape permutation;                                ///< transpose; empty reverses the axes
  std::int64_t part = 0, parts = 1;         ///< slice_part: index and number of equal parts of
                                            ///< `axis`
  std::int64_t start = 0, end = INT64_MAX;  ///< shape: the range of dimensions; channels: `start`
                                            ///< is the first
  bool to_integers = false;                 ///< cast: to integers, otherwise to floats
};

struct Tensor {
  std::string name;      ///< empty if the file does not name it
  Shape declared;        ///< graph inputs: -1 where dynamic
  ConstantPtr constant;  ///< set if no node computes it
};

struct Graph {
  std::string name;
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;  ///< in an order in which they can run
  std::vector<int> inputs, outputs;
  std::map<std::string, std::string> metadata;
};

/// How many of a node's inputs, counted from the first, it reads while the network runs. The others
/// determine its shape and are known before.
[[nodiscard]] std::size_t data_inputs(const Node& node);

/// How many nodes read each tensor while the network runs; graph outputs count once more.
[[nodiscard]] std::vector<int> reader_counts(const Graph& graph);

/// Index of the node that computes each tensor; -1 for graph inputs and constants.
[[nodiscard]] std::vector<int> producers(const Graph& graph);

/// Product of all dimensions.
[[nodiscard]] std::int64_t element_count(const Shape& shape);

/// @throws Error(invalid_argument) with the network, the node and `what` is wrong with it, such as
/// "has a step of 0"
[[noreturn]] void reject(const Node& node, const std::string& what);

/// For example "1x3x240x320", for messages.
[[nodiscard]] std::string text_of(const Shape& shape);

/// A negative axis counts from the end. @return an index below rank, or -1 if out of range
[[nodiscard]] std::int64_t normal_axis(std::int64_t axis, std::size_t rank);

}  // namespace faceshot::engine
