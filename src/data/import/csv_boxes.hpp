// Boxes from other tools' CSV files. The header lists the columns, in any order, upper or lower
// case:
//
//   image            image | name | filename | file
//   box              xmin,ymin,xmax,ymax | x1,y1,x2,y2 | x,y,w,h
//   class, optional  class | label | class_name | category
//   size, optional   width, height (both)
//
// Fields are separated by commas, semicolons or tabs, whichever yields known columns; if commas are
// not the separator, a comma may be the decimal point of a number. UTF-8 or UTF-16.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

struct CsvBoxes {
  LabelledSet set;           ///< images in order of first appearance; classes by name
  bool has_classes = false;  ///< whether there is a column of classes
  std::vector<std::string> ignored_columns;  ///< unknown ones
};

/// Rows of one image need not be adjacent; a row with empty box fields means "no faces". A row is
/// omitted if it has too few or many fields, an unclosed quote or a field that is not a number, a
/// box without width, height or class, or if it contradicts another.
/// @throws Error(not_found), Error(io); Error(format) "FILE:LINE: what" for a missing or repeated
///         column, and as FlawLog::left_out
[[nodiscard]] CsvBoxes read_csv_boxes(const std::filesystem::path& path, FlawLog& flaws);

}  // namespace faceshot::data
