// A detector's detections in films, stored in files, on which trackers can be compared in seconds.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "track/complete_tracks.hpp"

namespace faceshot::bench {

struct Film {
  std::string name;
  int width = 0, height = 0;  ///< pixels
  std::vector<track::FilmFrame> frames;
};

/// Runs the network on DIR/SEQUENCE/img1/*.jpg of every sequence and writes OUT/SEQUENCE.csv:
/// "size,width,height", then for each frame "frame,seconds,cut,difference,xx,xy,tx,yx,yy,ty" and
/// then "box,x1,y1,x2,y2,score" for each box.
void detect_films(const std::filesystem::path& model, const std::filesystem::path& dir,
                  const std::filesystem::path& out);

/// By name. @throws Error(not_found, format)
[[nodiscard]] std::vector<Film> read_films(const std::filesystem::path& dir);

}  // namespace faceshot::bench
