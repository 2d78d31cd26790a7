// Finds images that are identical or look identical.
#pragma once

#include <cstddef>
#include <cstdint>
#include <opencv2/core.hpp>
#include <span>
#include <utility>
#include <vector>

namespace faceshot::data {

/// 64 bits that change little when an image is scaled, recompressed or brightened: whether each of
/// 8x8 regions of the grey image is darker than its right neighbour (difference hash, dHash).
/// @param image 8-bit BGR, not empty
[[nodiscard]] std::uint64_t difference_hash(const cv::Mat& image);

/// Number of differing bits.
[[nodiscard]] int hash_distance(std::uint64_t a, std::uint64_t b);

/// All pairs (i < j) whose hashes differ in at most 3 bits, sorted. Flat images, whose hash is 0,
/// are excluded: they all look the same. Linear in the number of hashes plus pairs, not quadratic:
/// at least one of the four quarters of both hashes must be equal.
[[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> near_pairs(
    std::span<const std::uint64_t> hashes);

/// 64-bit FNV-1a of bytes.
[[nodiscard]] std::uint64_t content_hash(std::span<const std::uint8_t> bytes);

}  // namespace faceshot::data
