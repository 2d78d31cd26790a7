// What `faceshot video` prints and writes beside films: a table, JSON, JSON lines, tracks.
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

/// A face in a frame, ready to be shown.
struct ShownFace {
  TrackedFace face;
  int label = 0;
};

/// {"id":1,"x1":...,"score":...,"landmarks":[...]}: as lines of JSON have it.
/// @param classes of the network; of several, the face says its own
[[nodiscard]] nlohmann::ordered_json face_json(const ShownFace& shown,
                                               const std::vector<std::string>& classes);

/// What came of a film.
struct FilmSummary {
  std::string file, out;
  int width = 0, height = 0;
  std::int64_t frames = 0, looked_at = 0;
  std::int64_t tracks = 0, boxes = 0;
  double film_seconds = 0;  ///< of what was read
  double seconds = 0;       ///< that it took
  std::vector<std::string> warnings{}, left_out{};
};

struct OutputNames {
  std::string json, jsonl;  ///< file, "-": standard output; empty: none
  std::string tracks;       ///< file, or folder for several films; empty: none
  [[nodiscard]] bool quiet() const { return json == "-" || jsonl == "-" || tracks == "-"; }
};

/// In the order of films and frames. Not thread safe.
class VideoOutputs {
 public:
  /// @param classes of the network; of several, each face says its own
  /// @throws Error(invalid_argument) if two are to go to standard output; Error(io)
  VideoOutputs(const OutputNames& names, std::vector<std::string> classes, bool several);
  ~VideoOutputs();
  VideoOutputs(const VideoOutputs&) = delete;
  VideoOutputs& operator=(const VideoOutputs&) = delete;

  /// @param name of the file that its tracks go to, if there are several films
  void begin_film(const std::string& file, const std::string& name, const video::FilmInfo& info);
  void add(const video::Frame& frame, std::span<const ShownFace> faces);
  void end_film(const FilmSummary& summary);
  /// Writes what was kept back. @throws Error(io)
  void finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::cli
