#include "engine/onnx/onnx_operators.hpp"

#include <unordered_map>

namespace faceshot::engine {

OperatorReader find_operator(const std::string& type) {
  static const std::unordered_map<std::string, OperatorReader> table{
      {"Abs", read_function},
      {"Add", read_binary},
      {"AveragePool", read_pool},
      {"BatchNormalization", read_batch_norm},
      {"Cast", read_cast},
      {"Ceil", read_function},
      {"Clip", read_clip},
      {"Concat", read_concat},
      {"Constant", read_constant_node},
      {"Conv", read_conv},
      {"ConvTranspose", read_conv_transpose},
      {"DequantizeLinear", read_dequantize_linear},
      {"Div", read_binary},
      {"Dropout", read_identity},
      {"Elu", read_elu},
      {"Exp", read_function},
      {"Flatten", read_flatten},
      {"Floor", read_function},
      {"Gather", read_gather},
      {"Gemm", read_gemm},
      {"GlobalAveragePool", read_pool},
      {"GlobalMaxPool", read_pool},
      {"HardSigmoid", read_hard_sigmoid},
      {"HardSwish", read_function},
      {"Identity", read_identity},
      {"LeakyRelu", read_leaky_relu},
      {"Log", read_function},
      {"LpNormalization", read_lp_normalization},
      {"MatMul", read_gemm},
      {"Max", read_extreme},
      {"MaxPool", read_pool},
      {"Min", read_extreme},
      {"Mul", read_binary},
      {"Neg", read_function},
      {"PRelu", read_prelu},
      {"Pow", read_binary},
      {"QuantizeLinear", read_quantize_linear},
      {"Reciprocal", read_function},
      {"ReduceL2", read_reduce},
      {"ReduceMax", read_reduce},
      {"ReduceMean", read_reduce},
      {"ReduceSum", read_reduce},
      {"Relu", read_function},
      {"Reshape", read_reshape},
      {"Resize", read_resize},
      {"Shape", read_shape},
      {"Sigmoid", read_function},
      {"Slice", read_slice},
      {"Softmax", read_softmax},
      {"Softplus", read_function},
      {"Split", read_split},
      {"Sqrt", read_function},
      {"Squeeze", read_squeeze},
      {"Sub", read_binary},
      {"Tanh", read_function},
      {"Transpose", read_transpose},
      {"Unsqueeze", read_squeeze},
      {"Upsample", read_resize},
  };
  const auto found = table.find(type);
  return found == table.end() ? nullptr : found->second;
}

}  // namespace faceshot::engine
