// FDDB's ellipses (FDDB-folds/FDDB-fold-01-ellipseList.txt):
//
//   2002/08/11/big/img_591
//   1
//   123.583300 85.549500 1.265839 269.693400 161.781200  1
//
// An image without extension, the number of faces, and for each: major and minor radius, angle of
// the major axis against the horizontal in radians, centre x and y, and a 1.
//
// The box is the smallest upright one around the ellipse: half its width is
// sqrt(a^2 cos^2 t + b^2 sin^2 t), half its height sqrt(a^2 sin^2 t + b^2 cos^2 t). It contains the
// whole head down to the chin, more than WIDER FACE's boxes do.
#pragma once

#include <filesystem>
#include <vector>

#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

/// All images in file order, with ".jpg" added to their names. Lines that are not ellipses are
/// omitted; so is an image whose number of ellipses is wrong, or without any readable one.
/// @throws Error(not_found), Error(io); Error(format) as FlawLog::left_out
[[nodiscard]] std::vector<LabelledImage> read_fddb_ellipses(const std::filesystem::path& path,
                                                            FlawLog& flaws);

}  // namespace faceshot::data
