#include "loader/image_cache.hpp"

#include <cassert>
#include <utility>

#include "media/opencv.hpp"

namespace faceshot::loader {

ImageCache::ImageCache(std::vector<std::filesystem::path> images, std::size_t bytes,
                       std::vector<cv::Mat> decoded)
    : paths_(std::move(images)), capacity_(bytes), images_(std::move(decoded)) {
  images_.resize(paths_.size());
}

cv::Mat ImageCache::get(std::size_t index) {
  assert(index < paths_.size());
  {
    const std::lock_guard lock(mutex_);
    if (!images_[index].empty()) return images_[index];
  }
  cv::Mat image = media::read_mat(paths_[index]);
  const std::size_t bytes = image.total() * image.elemSize();
  const std::lock_guard lock(mutex_);
  if (images_[index].empty() && bytes <= capacity_ - used_) {
    images_[index] = image;
    used_ += bytes;
  }
  return image;
}

std::size_t ImageCache::bytes_used() const {
  const std::lock_guard lock(mutex_);
  return used_;
}

}  // namespace faceshot::loader
