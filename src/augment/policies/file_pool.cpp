#include "augment/policies/file_pool.hpp"

#include "media/image_file.hpp"

namespace faceshot {

Scene FilePool::scene(std::uint32_t index) const {
  const ImageRecord& record = set_.records[index];
  return {read_image(set_.images_dir / record.image), record.annotations};
}

}  // namespace faceshot
