#include "follow.hpp"

#include <algorithm>
#include <cmath>

#include "detect/tiling/tile_grid.hpp"
#include "geometry/move_landmarks.hpp"

namespace faceshot::cli {
namespace {

constexpr int local_side = 160;      ///< of the network's input, pixels
constexpr float local_reach = 2.5F;  ///< in units of a face's longer side

DetectorOptions local_options(const Detector& whole) {
  DetectorOptions options = whole.options();
  options.max_side = local_side;
  options.upscale = true;
  return options;
}

/// A square around the box, clipped to the picture, on whole pairs of pixels.
detect::Tile square_around(const Box& box, const ImageView& view) {
  const float side = std::max(box.width(), box.height()) * local_reach;
  const auto cut = [](float v, int most) {
    return static_cast<int>(std::clamp(std::floor(v), 0.0F, static_cast<float>(most)));
  };
  detect::Tile tile;
  tile.x = cut(box.center_x() - side / 2, view.width) / 2 * 2;
  tile.y = cut(box.center_y() - side / 2, view.height) / 2 * 2;
  tile.width = cut(box.center_x() + side / 2, view.width) - tile.x;
  tile.height = cut(box.center_y() + side / 2, view.height) - tile.y;
  return tile;
}

}  // namespace

LocalLook::LocalLook(const Detector& whole)
    : detector_(
          std::make_shared<const Detector>(whole.network(), whole.info(), local_options(whole))) {}

const std::vector<Detection>& LocalLook::around(const ImageView& view,
                                                std::span<const TrackedFace> expected) {
  all_.clear();
  for (const TrackedFace& face : expected) {
    if (!finite(face.box)) continue;
    const detect::Tile tile = square_around(face.box, view);
    constexpr int smallest = 8;
    if (tile.width < smallest || tile.height < smallest) continue;
    detector_->detect(detect::view_of_tile(view, tile), found_);
    const auto x = static_cast<float>(tile.x), y = static_cast<float>(tile.y);
    for (Detection& d : found_) {
      d.box = {d.box.x1 + x, d.box.y1 + y, d.box.x2 + x, d.box.y2 + y};
      if (d.landmarks) geometry::shift(*d.landmarks, x, y);
      // A face cut by the square's edge is whole in another square.
      if (iou(d.box, face.box) > 0.1F) all_.push_back(d);
    }
  }
  kept_.clear();
  for (const std::size_t i : nms_.run(all_, detector_->options().nms_threshold))
    kept_.push_back(all_[i]);
  return kept_;
}

std::span<const TrackedFace> FilmFollower::follow(const WatchedFrame& item) {
  const double seconds = item.frame.seconds();
  if (item.change.cut) tracker_.reset();
  if (item.looked_at) return tracker_.update(item.found, seconds, item.change.motion);
  const std::span<const TrackedFace> expected = tracker_.predict(seconds, item.change.motion);
  if (local_ == nullptr) return expected;
  expected_.assign(expected.begin(), expected.end());
  return tracker_.update(local_->around(item.view, expected_), seconds);
}

std::span<const ShownFace> FilmFollower::next(const WatchedFrame& item) {
  const std::span<const TrackedFace> faces = follow(item);
  const double seconds = item.frame.seconds();
  if (item.looked_at) last_look_ = seconds;
  shown_.clear();
  for (const TrackedFace& face : faces) {
    if (item.looked_at && face.detection) labels_[face.id] = item.found[*face.detection].label;
    constexpr double rounding = 1e-6;
    const bool seen = face.state == TrackState::detected ||
                      (!item.looked_at && face.unseen <= seconds - last_look_ + rounding);
    if (!face.confirmed || !seen) continue;
    tracks_ += ids_.insert(face.id).second ? 1 : 0;
    const auto label = labels_.find(face.id);
    shown_.push_back({face, label == labels_.end() ? 0 : label->second});
  }
  // A stream continues for months: ended tracks are forgotten. Faces are sorted by id.
  if (!faces.empty()) {
    labels_.erase(labels_.begin(), labels_.lower_bound(faces.front().id));
    ids_.erase(ids_.begin(), ids_.lower_bound(faces.front().id));
  }
  return shown_;
}

}  // namespace faceshot::cli
