// Boxes from a CSV file that somebody else wrote. The header says which columns there are, in any
// order, upper or lower case:
//
//   image            image | name | filename | file
//   box              xmin,ymin,xmax,ymax | x1,y1,x2,y2 | x,y,w,h
//   class, optional  class | label | class_name | category
//   size, optional   width, height (both)
//
// Fields are separated by commas, semicolons or tabs, whichever gives columns that we know; where
// commas do not separate, one may stand for the point of a number. UTF-8 or UTF-16.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

struct CsvBoxes {
  LabelledSet set;           ///< images in the order in which each comes first; classes by name
  bool has_classes = false;  ///< whether a column names them
  std::vector<std::string> ignored_columns;  ///< those that we do not know
};

/// Rows of one image need not be neighbours; one row with empty box fields says "no faces". A row
/// is left out that has too few or many fields, a quote left open or a field that is not a number,
/// a box without width, height or class, or that contradicts another.
/// @throws Error(not_found), Error(io); Error(format) "FILE:LINE: what" for a missing or doubled
///         column, and as FlawLog::left_out
[[nodiscard]] CsvBoxes read_csv_boxes(const std::filesystem::path& path, FlawLog& flaws);

}  // namespace faceshot::data
