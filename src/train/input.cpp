#include "train/input.hpp"

#include <ATen/autocast_mode.h>

namespace faceshot {

torch::Tensor make_input(const std::uint8_t* pixels, int count, int height, int width,
                         const std::string& precision) {
  const torch::Tensor bytes =
      torch::from_blob(const_cast<std::uint8_t*>(pixels), {count, height, width, 3}, torch::kByte);
  const auto type = precision == "bf16" ? torch::kBFloat16 : torch::kFloat;
  // Rows of pixels are already the memory order of channels_last: permute() only renames the axes.
  return bytes.to(type)
      .sub_(static_cast<double>(input_mean))
      .mul_(static_cast<double>(input_scale))
      .permute({0, 3, 1, 2});
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

}  // namespace faceshot
