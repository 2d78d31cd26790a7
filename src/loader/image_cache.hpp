// Decoded photographs kept in memory, up to a bound.
#pragma once

#include <cstddef>
#include <filesystem>
#include <mutex>
#include <opencv2/core.hpp>
#include <vector>

namespace faceshot::loader {

/// Decodes each image of a fixed list once, as long as there is room. What is in stays in: an
/// epoch visits every image once, and a least-recently-used cache that is smaller than the list
/// would never hit under such a pattern, while this one keeps hitting for the part that fits.
/// Thread safe. Two threads that ask for the same new image at once both decode it, harmlessly.
class ImageCache {
 public:
  /// @param bytes bound on the pixels kept; 0 keeps none
  /// @param decoded images that need not be decoded, by index (others empty), such as views of an
  ///        ImagePack that outlives this; they do not count towards the bound
  ImageCache(std::vector<std::filesystem::path> images, std::size_t bytes,
             std::vector<cv::Mat> decoded = {});

  /// The image, as media::read_mat gives it. Shared with the cache and others: do not write to it.
  /// @pre index < number of images
  /// @throws Error as media::read_mat does; nothing is kept then, and the next call tries again
  [[nodiscard]] cv::Mat get(std::size_t index);

  [[nodiscard]] const std::filesystem::path& path(std::size_t index) const { return paths_[index]; }

  /// Bytes of pixels in the cache now; never above the bound.
  [[nodiscard]] std::size_t bytes_used() const;

 private:
  const std::vector<std::filesystem::path> paths_;
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::vector<cv::Mat> images_;  ///< empty where not kept
  std::size_t used_ = 0;
};

}  // namespace faceshot::loader
