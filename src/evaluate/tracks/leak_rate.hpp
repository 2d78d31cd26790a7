// The share of face pixels that hiding by tracks leaves visible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>

#include "evaluate/tracks/mot_files.hpp"

namespace faceshot::evaluate {

enum class HidingShape : std::uint8_t { box, ellipse };

struct Hiding {
  HidingShape shape = HidingShape::box;
  double margin = 0.2;  ///< boxes grow on each side by this share of their width and height, >= 0
};

/// Pixels of faces: of the ellipse in a true box, each weighted by the box's visibility.
struct LeakRate {
  double pixels = 0, leaked = 0;  ///< of faces found in at least one frame
  std::size_t faces = 0, never_found = 0;
  double never_found_pixels = 0;  ///< of the others: all leaked
  double hidden_area = 0;         ///< pixels covered by the hiding, faces or not, in all frames

  [[nodiscard]] double rate() const noexcept { return pixels > 0 ? leaked / pixels : 0; }
  /// Share of all face pixels that belong to faces never found.
  [[nodiscard]] double never_found_rate() const noexcept {
    const double all = pixels + never_found_pixels;
    return all > 0 ? never_found_pixels / all : 0;
  }
  LeakRate& operator+=(const LeakRate& other) noexcept;
};

/// Ids of the faces for which at least one box is found with an IoU of at least 0.5.
[[nodiscard]] std::set<std::int64_t> faces_found(const MotSequence& sequence);

/// A face is an id with a box of class 1; all its boxes count, whatever their class, except those
/// with confidence 0.
/// @param found which faces count as found; to compare several results of one film, those that the
///        detector found
[[nodiscard]] LeakRate leak_rate(const MotSequence& sequence, const Hiding& hiding,
                                 const std::set<std::int64_t>& found);

}  // namespace faceshot::evaluate
