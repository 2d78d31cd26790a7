// Groups a film's detections into pieces of tracks; each piece is one face while it is visible.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "track/complete_tracks.hpp"
#include "track/motion_filter.hpp"

namespace faceshot::track {

struct Observation {
  std::size_t frame = 0;
  Detection seen;
  Box whole;         ///< its box, completed if the edge of the picture cuts it off
  bool sure = true;  ///< score >= high_score
};

/// Observations of one face in one scene, by frame; at least one.
struct Piece {
  std::size_t scene = 0;
  std::vector<Observation> seen;
};

/// Which detections of each frame belong to a piece.
using Taken = std::vector<std::vector<bool>>;

/// The number of each frame's scene, from 0.
[[nodiscard]] std::vector<std::size_t> scenes_of(std::span<const FilmFrame> film);

/// Advances time from one frame to another of its scene, forwards or backwards; the camera moves.
void walk(MotionFilter& filter, std::span<const FilmFrame> film, std::size_t from, std::size_t to);

/// Follows the faces of all scenes: forward with a Tracker, then beyond each end through low-score
/// detections that no track uses. Sorted by the frame of the first observation.
/// @param taken overwritten
[[nodiscard]] std::vector<Piece> find_pieces(std::span<const FilmFrame> film,
                                             const CompletionOptions& options, Taken& taken);

/// Joins pieces if one begins where another should have continued. The most certain pairs first.
/// @return how many pieces became parts of others
std::size_t join_pieces(std::span<const FilmFrame> film, const CompletionOptions& options,
                        std::vector<Piece>& pieces);

/// Adds unused low-score detections where a face is expected between two observations.
void fill_gaps(std::span<const FilmFrame> film, const CompletionOptions& options, Taken& taken,
               Piece& piece);

}  // namespace faceshot::track
