// The checksum of TensorFlow's record files.
#pragma once

#include <cstdint>
#include <string_view>

namespace faceshot::tensorboard {

/// CRC-32C (Castagnoli; RFC 3720, appendix B.4). Pure.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes) noexcept;

/// Rotated and shifted by a constant, as stored in record files: keeps the checksum useful for data
/// that contain checksums themselves.
[[nodiscard]] std::uint32_t masked_crc32c(std::string_view bytes) noexcept;

}  // namespace faceshot::tensorboard
