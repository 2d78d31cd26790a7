// Statistics of a data set.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "data/prepared/prepared.hpp"

namespace faceshot::data {

/// The number of values in each of several ranges.
struct Histogram {
  std::vector<std::string> labels;  ///< of the ranges, such as "16-32"
  std::vector<std::size_t> counts;
};

struct SetStats {
  std::size_t images = 0, images_without_faces = 0;
  std::size_t faces = 0, ignored = 0, with_landmarks = 0;
  std::vector<std::size_t> faces_of_class;  ///< by class id
  double faces_per_image = 0;               ///< mean
  double median_side = 0;                   ///< of sqrt(area), pixels of the photographs
  Histogram side;  ///< sqrt(area) of faces if the image's longer side is 640 px
  Histogram faces_in_image;
  Histogram aspect;  ///< width / height of faces
  /// Faces by the position of their centre, as shares of the image: [row][column] of a grid.
  static constexpr std::size_t grid = 24;
  std::array<std::array<std::size_t, grid>, grid> positions{};
};

/// `ignore` regions are counted, and excluded from everything else.
[[nodiscard]] SetStats set_stats(const PreparedSet& set);

/// One picture: bars for the three histograms and a heat map of positions. A stand-alone SVG
/// document.
/// @param title any UTF-8 text
[[nodiscard]] std::string stats_svg(const std::string& title, const SetStats& stats);

/// The same as a page: the picture of stats_svg(), and its numbers as tables.
[[nodiscard]] std::string stats_page(const std::string& title, const SetStats& stats,
                                     const std::vector<std::string>& classes);

}  // namespace faceshot::data
