#include "training_ops/add_upsampled.hpp"

#include <ATen/record_function.h>
#include <torch/autograd.h>

#include "faceshot/error.hpp"
#include "training_ops/images.hpp"
#include "training_ops/tensor_element.hpp"
#include "training_ops/upsample_kernels.hpp"

namespace faceshot::training_ops {
namespace {

class AddUpsampled : public torch::autograd::Function<AddUpsampled> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& fine,
                               const torch::Tensor& coarse) {
    const torch::Tensor a = channels_last(fine);
    const torch::Tensor b = channels_last(coarse);
    const torch::Tensor sum = torch::empty_like(a);
    with_element(a, [&]<typename Element>(Element) {
      const std::size_t size = static_cast<std::size_t>(b[0].numel());
      for_each_image(a.size(0), [&](std::size_t i) {
        upsample::add<Element>(data_of<Element>(a) + 4 * i * size, data_of<Element>(b) + i * size,
                               data_of<Element>(sum) + 4 * i * size, shape_of(b));
      });
    });
    context->saved_data["coarse"] = b.sizes().vec();
    return sum;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const torch::Tensor dsum = channels_last(gradients[0]);
    const torch::Tensor dcoarse = torch::empty(context->saved_data["coarse"].toIntVector(),
                                               dsum.options(), torch::MemoryFormat::ChannelsLast);
    with_element(dsum, [&]<typename Element>(Element) {
      const std::size_t size = static_cast<std::size_t>(dcoarse[0].numel());
      for_each_image(dsum.size(0), [&](std::size_t i) {
        upsample::backward<Element>(data_of<Element>(dsum) + 4 * i * size,
                                    data_of<Element>(dcoarse) + i * size, shape_of(dcoarse));
      });
    });
    return {dsum, dcoarse};
  }

 private:
  static upsample::Shape shape_of(const torch::Tensor& coarse) {
    return {static_cast<std::size_t>(coarse.size(2)), static_cast<std::size_t>(coarse.size(3)),
            static_cast<std::size_t>(coarse.size(1))};
  }
};

}  // namespace

torch::Tensor add_upsampled(const torch::Tensor& fine, const torch::Tensor& coarse) {
  RECORD_FUNCTION("faceshot::add_upsampled", std::vector<c10::IValue>());  // for profilers
  if (fine.dim() != 4 || coarse.dim() != 4 || !has_fast_element(fine) ||
      fine.scalar_type() != coarse.scalar_type() || fine.size(0) != coarse.size(0) ||
      fine.size(1) != coarse.size(1) || fine.size(2) != 2 * coarse.size(2) ||
      fine.size(3) != 2 * coarse.size(3))
    throw Error(ErrorCode::invalid_argument,
                "add_upsampled: the coarse map is not half as large as the fine one, or of another "
                "type");
  return AddUpsampled::apply(fine, coarse);
}

}  // namespace faceshot::training_ops
