#include "train/input.hpp"

#include <ATen/autocast_mode.h>

namespace faceshot {

namespace {

bool one_for_all(const std::array<float, 3>& values) {
  return values[0] == values[1] && values[1] == values[2];
}

torch::Tensor row(const std::array<float, 3>& values) {
  return torch::tensor({values[0], values[1], values[2]});
}

}  // namespace

torch::Tensor make_input(const std::uint8_t* pixels, int count, int height, int width,
                         const InputSpec& spec, const std::string& precision) {
  torch::Tensor bytes =
      torch::from_blob(const_cast<std::uint8_t*>(pixels), {count, height, width, 3}, torch::kByte);
  if (spec.order == PixelFormat::rgb) bytes = bytes.flip(3);
  const auto type = precision == "bf16" ? torch::kBFloat16 : torch::kFloat;
  // Rows of pixels are already the memory order of channels_last: permute() only renames the axes.
  if (one_for_all(spec.mean) && one_for_all(spec.scale))
    return bytes.to(type)
        .sub_(static_cast<double>(spec.mean[0]))
        .mul_(static_cast<double>(spec.scale[0]))
        .permute({0, 3, 1, 2});
  return bytes.to(torch::kFloat)
      .sub_(row(spec.mean))
      .mul_(row(spec.scale))
      .to(type)
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
