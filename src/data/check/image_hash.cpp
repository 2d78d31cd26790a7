#include "data/check/image_hash.hpp"

#include <algorithm>
#include <bit>
#include <opencv2/imgproc.hpp>
#include <unordered_map>

namespace faceshot::data {

std::uint64_t difference_hash(const cv::Mat& image) {
  cv::Mat grey, small;
  cv::resize(image, small, {9, 8}, 0, 0, cv::INTER_AREA);
  cv::cvtColor(small, grey, cv::COLOR_BGR2GRAY);
  std::uint64_t hash = 0;
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 8; ++x)
      hash = hash << 1 | (grey.at<std::uint8_t>(y, x) < grey.at<std::uint8_t>(y, x + 1) ? 1U : 0U);
  return hash;
}

int hash_distance(std::uint64_t a, std::uint64_t b) { return std::popcount(a ^ b); }

std::vector<std::pair<std::size_t, std::size_t>> near_pairs(std::span<const std::uint64_t> hashes) {
  constexpr int most = 3;
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (int quarter = 0; quarter < 4; ++quarter) {
    std::unordered_map<std::uint64_t, std::vector<std::size_t>> alike;
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      if (hashes[i] == 0) continue;
      auto& members = alike[hashes[i] >> (16 * quarter) & 0xFFFF];
      for (const std::size_t j : members)
        if (hash_distance(hashes[i], hashes[j]) <= most) pairs.emplace_back(j, i);
      members.push_back(i);
    }
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

std::uint64_t content_hash(std::span<const std::uint8_t> bytes) {
  std::uint64_t hash = 14695981039346656037U;
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 1099511628211U;
  return hash;
}

}  // namespace faceshot::data
