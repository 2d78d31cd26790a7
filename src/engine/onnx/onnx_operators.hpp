// How each ONNX operator is read. To add an operator, write a reader in the file of its kind and
// add a line to the table in onnx_operators.cpp.
#pragma once

#include <string>

#include "engine/onnx/onnx_node.hpp"

namespace faceshot::engine {

/// Checks a node and adds its equivalent to the graph.
/// @throws Error(format) for damaged nodes; Error(unsupported) for attributes that the engine lacks
using OperatorReader = void (*)(const OnnxNode&);

/// @return null for operators that the engine lacks
[[nodiscard]] OperatorReader find_operator(const std::string& type);

// onnx_windows.cpp
void read_conv(const OnnxNode& in);
void read_conv_transpose(const OnnxNode& in);
void read_pool(const OnnxNode& in);  ///< MaxPool, AveragePool, GlobalMaxPool, GlobalAveragePool

// onnx_elementwise.cpp
void read_function(const OnnxNode& in);  ///< operators without attributes: Relu, Sigmoid, Exp, ...
void read_leaky_relu(const OnnxNode& in);
void read_elu(const OnnxNode& in);
void read_hard_sigmoid(const OnnxNode& in);
void read_clip(const OnnxNode& in);
void read_binary(const OnnxNode& in);   ///< Add, Sub, Mul, Div, Pow
void read_extreme(const OnnxNode& in);  ///< Max, Min of any number of inputs
void read_prelu(const OnnxNode& in);
void read_batch_norm(const OnnxNode& in);

// onnx_quantised.cpp
void read_quantize_linear(const OnnxNode& in);
void read_dequantize_linear(const OnnxNode& in);

// onnx_shapes.cpp
void read_identity(const OnnxNode& in);  ///< Identity, Dropout
void read_constant_node(const OnnxNode& in);
void read_shape(const OnnxNode& in);
void read_cast(const OnnxNode& in);
void read_gather(const OnnxNode& in);
void read_concat(const OnnxNode& in);
void read_split(const OnnxNode& in);
void read_slice(const OnnxNode& in);
void read_transpose(const OnnxNode& in);
void read_reshape(const OnnxNode& in);
void read_flatten(const OnnxNode& in);
void read_squeeze(const OnnxNode& in);  ///< Squeeze, Unsqueeze

// onnx_dense.cpp
void read_gemm(const OnnxNode& in);  ///< Gemm, MatMul
void read_softmax(const OnnxNode& in);
void read_lp_normalization(const OnnxNode& in);
void read_reduce(const OnnxNode& in);  ///< ReduceMean, ReduceSum, ReduceMax, ReduceL2
void read_resize(const OnnxNode& in);  ///< Resize, Upsample

}  // namespace faceshot::engine
