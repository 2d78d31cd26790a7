// A bounded cache of decoded photographs.
#pragma once

#include <cstddef>
#include <filesystem>
#include <mutex>
#include <opencv2/core.hpp>
#include <vector>

namespace faceshot::loader {

/// Decodes each image of a fixed list once, as long as there is room. Nothing is evicted: an
/// epoch visits every image once, and under that pattern a least-recently-used cache smaller than
/// the list would never hit, while this one always hits for the part that fits. Thread safe. If two
/// threads request the same new image at once, both decode it, which is harmless.
class ImageCache {
 public:
  /// @param bytes bound on the cached pixels; 0 caches nothing
  /// @param decoded images that need not be decoded, by index (others empty), such as views of an
  ///        ImagePack that outlives this; they do not count towards the bound
  ImageCache(std::vector<std::filesystem::path> images, std::size_t bytes,
             std::vector<cv::Mat> decoded = {});

  /// The image, as from media::read_mat. Shared with the cache and others: do not write to it.
  /// @pre index < number of images
  /// @throws Error as media::read_mat; then nothing is cached, and the next call tries again
  [[nodiscard]] cv::Mat get(std::size_t index);

  [[nodiscard]] const std::filesystem::path& path(std::size_t index) const { return paths_[index]; }

  /// Bytes of cached pixels; never above the bound.
  [[nodiscard]] std::size_t bytes_used() const;

 private:
  const std::vector<std::filesystem::path> paths_;
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::vector<cv::Mat> images_;  ///< empty if not cached
  std::size_t used_ = 0;
};

}  // namespace faceshot::loader
