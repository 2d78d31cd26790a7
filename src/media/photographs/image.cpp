#include "media/photographs/image.hpp"

#include <cstring>

namespace faceshot::media {

Image Image::copy() const {
  if (empty()) return {};
  Image result(width_, height_);
  std::memcpy(result.row(0), row(0), stride() * static_cast<std::size_t>(height_));
  return result;
}

}  // namespace faceshot::media
