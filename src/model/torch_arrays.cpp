#include "model/torch_arrays.hpp"

#include "faceshot/error.hpp"

namespace faceshot::model {

std::span<const float> values_of(const torch::Tensor& tensor) {
  if (!tensor.defined()) return {};
  return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

weights::WeightArray to_array(const torch::Tensor& tensor) {
  const torch::Tensor plain = tensor.detach().to(torch::kFloat).contiguous();
  const auto* const first = plain.data_ptr<float>();
  return {plain.sizes().vec(), std::vector<float>(first, first + plain.numel())};
}

void copy_array(const weights::WeightArray& array, const torch::Tensor& tensor,
                const std::string& name) {
  if (tensor.sizes() != torch::IntArrayRef(array.shape))
    throw Error(ErrorCode::format, "'" + name + "' has a different shape than in the network");
  const torch::NoGradGuard no_grad;
  tensor.copy_(torch::from_blob(const_cast<float*>(array.values.data()), array.shape));
}

}  // namespace faceshot::model
