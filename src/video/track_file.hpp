// Tracks as text, in MOTChallenge's format: one row per box,
// "frame,id,left,top,width,height,score,-1,-1,-1". (Leal-Taixe et al., "MOTChallenge 2015", section
// 3; read by TrackEval and most annotation tools.)
//
// Frames are numbered from 1. Coordinates are FaceShot's: continuous pixels from the picture's
// top-left corner.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "faceshot/box.hpp"

namespace faceshot::video {

struct TrackRow {
  std::int64_t frame = 0;  ///< from 0
  std::int64_t id = 0;
  Box box{};  ///< pixels
  float score = 1;
};

/// Including the line break. Coordinates have two decimals, scores four.
[[nodiscard]] std::string track_row_text(const TrackRow& row);

/// Reads a file of such rows, in any order. Of the ten columns the first six are required; a
/// missing score is 1. Empty lines, and a line of column names at the top that begins with `frame`,
/// are skipped.
/// @return the rows by frame, then by id
/// @throws Error(not_found), Error(io); Error(format) for a file without a row, or naming the line:
/// not numbers, a frame below 1, a box
///         without an area, one track twice in a frame
[[nodiscard]] std::vector<TrackRow> read_track_rows(const std::filesystem::path& file);

}  // namespace faceshot::video
