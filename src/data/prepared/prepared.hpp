// The prepared data set: a folder that anyone can read. DIR/train.csv (or val.csv, test.csv),
// DIR/label.json, DIR/images/. docs/formats.md describes every column.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "geometry/annotation.hpp"

namespace faceshot::data {

struct PreparedSet {
  std::filesystem::path images_dir;  ///< DIR/images
  std::vector<std::string> classes{"face"};
  std::vector<geometry::ImageRecord> records;
};

/// Reads DIR/NAME.csv with DIR/label.json beside it (without that file there is one class, "face").
/// Columns may come in any order, those after y2 may be absent; the rows of an image are adjacent.
/// Boxes may extend 0.01 px beyond the image (rounding) and are clipped. Does not check whether the
/// images exist. Thread safe.
/// @param csv the path of the CSV file itself
/// @throws Error(not_found) file missing; Error(io); Error(format) "FILE:LINE: what" for an unknown
///         or missing column, a field that is not a number, a box with x1 >= x2 or outside the
///         image, an image name that leaves the folder, an image whose rows are not adjacent
[[nodiscard]] PreparedSet read_prepared(const std::filesystem::path& csv);

/// The origin of a set according to the label.json beside the CSV; empty if it does not say. Thread
/// safe.
/// @throws Error(io)
[[nodiscard]] std::string source_of(const std::filesystem::path& csv);

/// Writes DIR/SPLIT.csv and DIR/label.json, each to a temporary name and renamed when complete;
/// other splits in DIR stay. Creates DIR if it is missing; `images/` is the caller's.
/// @param source one line for label.json: the origin of the set
/// @throws Error(io); Error(invalid_argument), with nothing written, for a record that
/// read_prepared
///         would reject or if DIR has another split with other classes
void write_prepared(const std::filesystem::path& dir, const std::string& split,
                    const PreparedSet& set, const std::string& source);

}  // namespace faceshot::data
