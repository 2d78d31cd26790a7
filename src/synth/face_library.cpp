#include "synth/face_library.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "faceshot/error.hpp"
#include "media/opencv.hpp"

namespace faceshot::synth {
namespace {

using geometry::ImageRecord;

bool is_good(const geometry::Annotation& face, const ImageRecord& record, float least_side) {
  const Box& box = face.box;
  // A box that touches the edge is probably cut off.
  const bool inside = box.x1 >= 1 && box.y1 >= 1 &&
                      box.x2 <= static_cast<float>(record.width - 1) &&
                      box.y2 <= static_cast<float>(record.height - 1);
  return !face.ignore && face.blur < 2 && face.occlusion < 1 && inside &&
         std::min(box.width(), box.height()) >= least_side;
}

}  // namespace

FaceLibrary::FaceLibrary(data::PreparedSet set, float least_side) : set_(std::move(set)) {
  for (std::size_t r = 0; r < set_.records.size(); ++r) {
    const ImageRecord& record = set_.records[r];
    for (std::size_t a = 0; a < record.annotations.size(); ++a)
      if (is_good(record.annotations[a], record, least_side))
        faces_.push_back({r, a, record.annotations[a].box.height()});
  }
  if (faces_.empty())
    throw Error(ErrorCode::invalid_argument,
                "'" + set_.images_dir.string() +
                    "': no face is large and clear enough to paste into other photographs");
  std::stable_sort(faces_.begin(), faces_.end(),
                   [](const Entry& a, const Entry& b) { return a.height > b.height; });
}

FaceSource FaceLibrary::draw(float height, base::Random& random) const {
  const auto end = std::partition_point(faces_.begin(), faces_.end(),
                                        [&](const Entry& e) { return e.height >= height; });
  const std::size_t eighth = std::max<std::size_t>(1, faces_.size() / 8);
  const auto large = static_cast<std::size_t>(end - faces_.begin());
  const Entry& entry = faces_[random.below(static_cast<std::uint32_t>(large > 0 ? large : eighth))];
  const ImageRecord& record = set_.records[entry.record];
  return {media::read_mat(set_.images_dir / record.image), record.annotations[entry.annotation]};
}

}  // namespace faceshot::synth
