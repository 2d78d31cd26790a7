// What `faceshot video` prints and writes besides films: a table, JSON, JSON lines, tracks.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "faceshot/tracker.hpp"
#include "video/frame.hpp"
#include "video/reading/film_reader.hpp"

namespace faceshot::cli {

/// A face in a frame, ready for output.
struct ShownFace {
  TrackedFace face;
  int label = 0;
};

/// {"id":1,"x1":...,"score":...,"landmarks":[...]}: the format in JSON lines.
/// @param classes of the network; if there are several, the face states its class
[[nodiscard]] nlohmann::ordered_json face_json(const ShownFace& shown,
                                               const std::vector<std::string>& classes);

/// The result for a film.
struct FilmSummary {
  std::string file, out;
  int width = 0, height = 0;
  std::int64_t frames = 0, looked_at = 0;
  std::int64_t tracks = 0, boxes = 0;
  double film_seconds = 0;  ///< duration that was read
  double seconds = 0;       ///< time taken
  std::vector<std::string> warnings{}, left_out{};
};

struct OutputNames {
  std::string json, jsonl;  ///< file, "-": standard output; empty: none
  std::string tracks;       ///< file, or folder for several films; empty: none
  [[nodiscard]] bool quiet() const { return json == "-" || jsonl == "-" || tracks == "-"; }
};

/// Receives films and frames in order. Not thread safe.
class VideoOutputs {
 public:
  /// @param classes of the network; if there are several, each face states its class
  /// @throws Error(invalid_argument) if two are to go to standard output; Error(io)
  VideoOutputs(const OutputNames& names, std::vector<std::string> classes, bool several);
  ~VideoOutputs();
  VideoOutputs(const VideoOutputs&) = delete;
  VideoOutputs& operator=(const VideoOutputs&) = delete;

  /// @param name of the file for its tracks, if there are several films
  void begin_film(const std::string& file, const std::string& name, const video::FilmInfo& info);
  void add(const video::Frame& frame, std::span<const ShownFace> faces);
  void end_film(const FilmSummary& summary);
  /// Writes what was held back. @throws Error(io)
  void finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::cli
