#include "augment/policies/file_pool.hpp"

#include "media/image_file.hpp"

namespace faceshot::augment {

Scene FilePool::scene(std::uint32_t index) const {
  const geometry::ImageRecord& record = set_.records[index];
  return {media::read_image(set_.images_dir / record.image), record.annotations};
}

}  // namespace faceshot::augment
