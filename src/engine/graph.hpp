// The engine's own picture of a network: what is left of an ONNX file once it has been checked.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace faceshot::engine {

using Shape = std::vector<std::int64_t>;

enum class Op : std::uint8_t {
  conv,
  batch_norm,
  relu,
  clip,
  sigmoid,
  softmax,
  add,
  mul,
  max_pool,
  concat,
  transpose,
  reshape,
  flatten,
  resize,
  identity,
};

enum class Activation : std::uint8_t { none, relu, clip };

/// One operation. Tensors are named by index into Graph::tensors; which attributes mean something
/// follows from `op`.
struct Node {
  Op op = Op::identity;
  std::string name;
  std::vector<int> inputs;  ///< activations only: constants are resolved into the fields below
  int output = -1;

  // conv, max_pool
  std::array<std::int64_t, 2> kernel{1, 1}, stride{1, 1}, dilation{1, 1};
  std::array<std::int64_t, 4> padding{0, 0, 0, 0};  ///< top, left, bottom, right
  bool same_upper = false, same_lower = false;      ///< ONNX auto_pad: padding from the input size
  std::int64_t group = 1;
  std::vector<float> weight;  ///< conv: OIHW
  Shape weight_shape;
  std::vector<float> bias;  ///< conv: one a channel, or empty

  std::vector<float> scale, shift;           ///< batch_norm: y = x * scale + shift, a channel each
  std::vector<float> constant;               ///< add, mul: the second operand, if it is constant
  float low = 0, high = 0;                   ///< clip, and the clip fused behind a conv
  Activation activation = Activation::none;  ///< fused behind a conv
  bool adds_input = false;  ///< conv: adds inputs[1] to its result before activation
  std::int64_t axis = 0;    ///< concat, softmax, flatten
  bool flattens = false;    ///< softmax: over all axes from `axis` on (before opset 13)
  Shape permutation;        ///< transpose
  Shape target;             ///< reshape
  std::int64_t factor_y = 1, factor_x = 1;  ///< resize: nearest neighbour
};

struct Tensor {
  std::string name;
  Shape declared;  ///< graph inputs: -1 where dynamic
};

struct Graph {
  std::string name;
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;  ///< in an order in which they can be computed
  std::vector<int> inputs, outputs;
  std::map<std::string, std::string> metadata;
};

/// How many nodes read each tensor; graph outputs count once more.
[[nodiscard]] std::vector<int> reader_counts(const Graph& graph);

}  // namespace faceshot::engine
