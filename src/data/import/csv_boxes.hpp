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

#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

/// What to do with a row that cannot be used.
enum class BadRows {
  fail,  ///< throw
  skip,  ///< leave it out and report it; other rows of its image stay
};

struct CsvBoxes {
  std::vector<LabelledImage> images;         ///< in the order in which each comes first
  std::vector<std::string> ignored_columns;  ///< those that we do not know
  std::vector<std::string> skipped_rows;     ///< "FILE:LINE: what", one for each row left out
};

/// Rows of one image need not be neighbours; one row with empty box fields says "no faces".
/// @throws Error(not_found), Error(io); Error(format) "FILE:LINE: what" for a missing or doubled
///         column, a row with too few or many fields or a quote left open; and, unless bad rows are
///         skipped, for a field that is no number, a box without width or height, rows that
///         contradict each other
[[nodiscard]] CsvBoxes read_csv_boxes(const std::filesystem::path& path,
                                      BadRows bad_rows = BadRows::fail);

}  // namespace faceshot::data
