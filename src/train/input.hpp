// From 8-bit pixels to what the network takes. Includes Torch: keep it out of other headers.
#pragma once

#include <torch/torch.h>

#include <array>
#include <cstdint>
#include <string>

namespace faceshot {

/// Normalisation of all our networks: (pixel - 127.5) / 128 on BGR. Exact in bfloat16.
inline constexpr float input_mean = 127.5F;
inline constexpr float input_scale = 1.0F / 128.0F;

/// @param pixels count * height * width * 3 bytes, rows of BGR pixels; read during the call only
/// @param precision "bf16" or "fp32"
/// @return [count, 3, height, width], normalised, channels_last
[[nodiscard]] torch::Tensor make_input(const std::uint8_t* pixels, int count, int height, int width,
                                       const std::string& precision);

/// While alive, this thread's convolutions run in bfloat16 if `precision` is "bf16".
class AutocastGuard {
 public:
  explicit AutocastGuard(const std::string& precision);
  ~AutocastGuard();
  AutocastGuard(const AutocastGuard&) = delete;
  AutocastGuard& operator=(const AutocastGuard&) = delete;

 private:
  bool before_;
};

}  // namespace faceshot
