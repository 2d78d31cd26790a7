#include "media/image_size.hpp"

#include <utility>

#include "media/exif.hpp"
#include "media/image_bytes.hpp"
#include "media/image_file.hpp"

namespace faceshot::media {

TurnedSize read_turned_size(const std::filesystem::path& path) {
  const ImageBytes file = read_image_bytes(path);
  if (!file.frame) {
    const cv::Mat image = read_image(path);
    return {{image.cols, image.rows}, 1};
  }
  ImageSize size{file.frame->width, file.frame->height};
  if (swaps_sides(file.frame->orientation)) std::swap(size.width, size.height);
  return {size, file.frame->orientation};
}

ImageSize read_image_size(const std::filesystem::path& path) { return read_turned_size(path).size; }

}  // namespace faceshot::media
