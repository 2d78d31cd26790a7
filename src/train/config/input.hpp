// From 8-bit pixels to the network's input. Includes Torch: keep it out of other headers.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>

#include "network/network_spec.hpp"

namespace faceshot::train {

/// @param pixels count * height * width * 3 bytes, rows of BGR pixels; read during the call only
/// @param spec the network's means, scales and order of channels
/// @param precision "bf16" or "fp32"
/// @return [count, 3, height, width], normalised, channels_last
[[nodiscard]] torch::Tensor make_input(const std::uint8_t* pixels, int count, int height, int width,
                                       const network::InputSpec& spec,
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

}  // namespace faceshot::train
