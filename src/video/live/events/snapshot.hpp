// The best picture of each face that passes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "faceshot/image_view.hpp"
#include "faceshot/tracker.hpp"
#include "media/photographs/image.hpp"

namespace faceshot::video {

/// How good a picture of a face is, in [0, 1]: the product of sharpness, frontality and size.
struct SnapshotQuality {
  double sharpness = 0;   ///< near 1: all edges as sharp as pixels allow
  double frontality = 0;  ///< 1: the nose centred between the eyes, the eyes level; 0.5 if unknown
  double size = 0;        ///< 1: at least 160 pixels high
  [[nodiscard]] double all() const noexcept { return sharpness * frontality * size; }
};

/// Sharpness is the variance of the luma's Laplacian (Pech-Pacheco et al., ICPR 2000) relative to
/// the luma's own variance, so that contrast does not matter. @param view with rows of luma
[[nodiscard]] SnapshotQuality snapshot_quality(const ImageView& view, const Box& box,
                                               const std::optional<Landmarks>& landmarks);

/// Keeps the best picture of each track until it is taken. Not thread safe.
class SnapshotKeeper {
 public:
  /// A face in the current frame. Its picture is copied only if it is clearly better than the kept
  /// one.
  void offer(const ImageView& view, const TrackedFace& face);

  struct Best {
    media::Image image;  ///< the face with a margin of two fifths, at most 512 pixels high
    double quality = 0;
  };
  /// The best picture of a track, which is then forgotten. Nothing if it was never offered.
  [[nodiscard]] std::optional<Best> take(std::int64_t track);

 private:
  std::map<std::int64_t, Best> best_;
};

/// FOLDER/STREAM/2026-11-30/183026.123-FACE.jpg (UTC). Characters of the stream's name that are
/// awkward in file names become '_'.
[[nodiscard]] std::filesystem::path snapshot_path(const std::filesystem::path& folder,
                                                  const std::string& stream, double utc,
                                                  std::int64_t face);

}  // namespace faceshot::video
