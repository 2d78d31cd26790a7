#include "media/photographs/image_size.hpp"

#include <utility>

#include "media/photographs/exif.hpp"
#include "media/photographs/image_bytes.hpp"

namespace faceshot::media {

TurnedSize read_turned_size(const std::filesystem::path& path) {
  const ImageFrame frame = read_image_bytes(path).frame;
  ImageSize size{frame.width, frame.height};
  if (swaps_sides(frame.orientation)) std::swap(size.width, size.height);
  return {size, frame.orientation};
}

ImageSize read_image_size(const std::filesystem::path& path) { return read_turned_size(path).size; }

}  // namespace faceshot::media
