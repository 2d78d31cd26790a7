#include "augment/policies/file_pool.hpp"

#include "media/opencv.hpp"

namespace faceshot::augment {

Scene FilePool::scene(std::uint32_t index) const {
  const geometry::ImageRecord& record = set_.records[index];
  return {media::read_mat(set_.images_dir / record.image), record.annotations};
}

}  // namespace faceshot::augment
