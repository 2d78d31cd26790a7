// A contact sheet of a data set: photographs with their labels.
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <vector>

#include "data/prepared/prepared.hpp"

namespace faceshot::data {

/// Draws every box: each class in its own colour, a detector's labels in orange, `ignore` regions
/// hatched (in grey, or orange), landmarks as dots (eyes, nose, mouth corners). Thread safe.
/// @param image 8-bit BGR, written to
/// @param annotations in pixels of the photograph
/// @param scale from those to pixels of `image`
void draw_annotations(cv::Mat& image, std::span<const geometry::Annotation> annotations,
                      float scale);

struct SheetOptions {
  int count = 24;   ///< photographs, >= 1; all if there are fewer
  int columns = 6;  ///< >= 1
  cv::Size cell{320, 240};
  std::uint64_t seed = 1;  ///< selects the photographs
};

struct AnnotationSheet {
  cv::Mat image;                     ///< 8-bit BGR
  std::vector<std::string> shown;    ///< images, row by row
  std::vector<std::string> damaged;  ///< selected ones that cannot be read, with the reason
};

/// Photographs drawn at random without replacement, each reduced to its cell before boxes are
/// drawn, so that lines stay visible.
/// @throws Error(not_found) if none of them can be read; Error(invalid_argument)
[[nodiscard]] AnnotationSheet annotation_sheet(const PreparedSet& set, const SheetOptions& options);

}  // namespace faceshot::data
