// Faces of a prepared set that are good enough to be pasted into other photographs.
#pragma once

#include <cstddef>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "data/prepared/prepared.hpp"

namespace faceshot::synth {

/// A photograph and one face in it.
struct FaceSource {
  cv::Mat image;              ///< 8-bit BGR
  geometry::Annotation face;  ///< in its pixels
};

/// Immutable; thread safe.
class FaceLibrary {
 public:
  /// Selects faces whose shorter side is at least `least_side` pixels, that are not `ignore`, not
  /// heavily blurred and not known to be occluded at all, and are inside their image.
  /// @throws Error(invalid_argument) if there is none
  explicit FaceLibrary(data::PreparedSet set, float least_side = 24);

  [[nodiscard]] std::size_t size() const noexcept { return faces_.size(); }
  /// Of the set; the faces' ids refer to them.
  [[nodiscard]] const std::vector<std::string>& classes() const noexcept { return set_.classes; }

  /// A random face, uniformly from those that are at least `height` pixels high; from the largest
  /// eighth if there are none. Reads its photograph.
  /// @throws Error of media::read_mat
  [[nodiscard]] FaceSource draw(float height, base::Random& random) const;

 private:
  struct Entry {
    std::size_t record, annotation;
    float height;
  };

  data::PreparedSet set_;
  std::vector<Entry> faces_;  ///< largest first
};

}  // namespace faceshot::synth
