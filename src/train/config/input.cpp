#include "train/config/input.hpp"

#include <ATen/autocast_mode.h>

#include "training_ops/images.hpp"
#include "training_ops/normalise_kernels.hpp"
#include "training_ops/tensor_element.hpp"

namespace faceshot::train {

torch::Tensor make_input(const std::uint8_t* pixels, int count, int height, int width,
                         const network::InputSpec& spec, const std::string& precision) {
  torch::Tensor bytes =
      torch::from_blob(const_cast<std::uint8_t*>(pixels), {count, height, width, 3}, torch::kByte);
  if (spec.order == PixelFormat::rgb) bytes = bytes.flip(3).contiguous();
  const auto type = precision == "bf16" ? torch::kBFloat16 : torch::kFloat;
  const torch::Tensor input = torch::empty(bytes.sizes(), type);
  const std::size_t image = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  const auto* const from = bytes.data_ptr<std::uint8_t>();
  training_ops::with_element(input, [&]<typename Element>(Element) {
    training_ops::for_each_image(count, [&](std::size_t i) {
      training_ops::normalise_pixels(from + 3 * i * image,
                                     training_ops::data_of<Element>(input) + 3 * i * image, image,
                                     spec.mean, spec.scale);
    });
  });
  // Rows of pixels are already in channels_last memory order: permute() only renames the axes.
  return input.permute({0, 3, 1, 2});
}

AutocastGuard::AutocastGuard(const std::string& precision)
    : before_(at::autocast::is_cpu_enabled()) {
  at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
  at::autocast::set_cpu_enabled(precision == "bf16");
}

AutocastGuard::~AutocastGuard() {
  // Cached casts of the weights are stale after the next update.
  at::autocast::clear_cache();
  at::autocast::set_cpu_enabled(before_);
}

}  // namespace faceshot::train
