// FDDB's lists of ellipses, and results in the form of its authors' program.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "evaluate/fddb/fddb_protocol.hpp"

namespace faceshot::evaluate {

struct FddbFold {
  std::string name;  ///< "01"
  std::vector<FddbImage> images;
};

/// Reads FDDB-fold-NN-ellipseList.txt of a folder (FDDB-folds), as many folds as there are: for
/// each image its name, the number of faces, and one line "major minor angle x y 1" per face.
/// @return by name, without detections
/// @throws Error(not_found) if there is no folder or no such list; Error(format) "FILE:LINE: what"
[[nodiscard]] std::vector<FddbFold> read_fddb_folds(const std::filesystem::path& dir);

/// Adds results: for each image its name, the number of detections, and one line per detection,
/// "x y width height score" or "major minor angle x y score".
/// @param path a folder with fold-NN-out.txt for each fold, or one file with all images
/// @throws Error(not_found), Error(format) "FILE:LINE: what"; Error(invalid_argument) for an image
///         without a result or one that is in no fold
void read_fddb_results(const std::filesystem::path& path, std::vector<FddbFold>& folds);

/// Writes DIR/fold-NN-out.txt. @throws Error(io)
void write_fddb_results(const std::filesystem::path& dir, const std::vector<FddbFold>& folds);

}  // namespace faceshot::evaluate
