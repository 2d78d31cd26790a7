// Boxes from a CSV file that somebody else wrote. The header says which columns there are, in any
// order, upper or lower case:
//
//   image            image | name | filename | file
//   box              xmin,ymin,xmax,ymax | x1,y1,x2,y2 | x,y,w,h
//   size, optional   width, height (both)
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

struct CsvBoxes {
  std::vector<LabelledImage> images;         ///< in the order in which each comes first
  std::vector<std::string> ignored_columns;  ///< those that we do not know
};

/// Rows of one image need not be neighbours; one row with empty box fields says "no faces". A row
/// is left out that has too few or many fields, a quote left open or a field that is no number, a
/// box without width or height, or that contradicts another.
/// @throws Error(not_found), Error(io); Error(format) "FILE:LINE: what" for a missing or doubled
///         column, and as FlawLog::left_out
[[nodiscard]] CsvBoxes read_csv_boxes(const std::filesystem::path& path, FlawLog& flaws);

}  // namespace faceshot::data
