// What a film's detections are of: pieces of tracks, of which each is one face as long as it is
// seen.
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
  Box whole;         ///< its box, made whole where the picture cuts it off
  bool sure = true;  ///< score >= high_score
};

/// Observations of one face in one scene, by frame; at least one.
struct Piece {
  std::size_t scene = 0;
  std::vector<Observation> seen;
};

/// Which detections of each frame are some piece's.
using Taken = std::vector<std::vector<bool>>;

/// The number of each frame's scene, from 0.
[[nodiscard]] std::vector<std::size_t> scenes_of(std::span<const FilmFrame> film);

/// Time continues, or back, from one frame to another of its scene; the camera moves.
void walk(MotionFilter& filter, std::span<const FilmFrame> film, std::size_t from, std::size_t to);

/// Follows the faces of all scenes: forward with a Tracker, then from each end on through unsure
/// detections that no track has. By the frame of the first observation.
/// @param taken overwritten
[[nodiscard]] std::vector<Piece> find_pieces(std::span<const FilmFrame> film,
                                             const CompletionOptions& options, Taken& taken);

/// Joins pieces of which one ends and the other begins where it should have gone on. The surest
/// pairs first.
/// @return how many pieces became parts of others
std::size_t join_pieces(std::span<const FilmFrame> film, const CompletionOptions& options,
                        std::vector<Piece>& pieces);

/// Unsure detections that nobody took, where a face should be between two that were seen.
void fill_gaps(std::span<const FilmFrame> film, const CompletionOptions& options, Taken& taken,
               Piece& piece);

}  // namespace faceshot::track
