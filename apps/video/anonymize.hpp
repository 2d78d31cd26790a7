// The arguments and results of `faceshot anonymize`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "faceshot/error.hpp"
#include "media/hiding/hide_faces.hpp"
#include "media_list.hpp"
#include "network_options.hpp"
#include "review_sheet.hpp"
#include "track/complete_tracks.hpp"
#include "video/writing/film_writer.hpp"

namespace faceshot::cli {

struct AnonymizeArguments {
  std::vector<std::string> paths;
  std::string out;
  std::string style = "blur";  ///< blur, pixelate, solid, image:FILE
  std::string shape = "ellipse";
  media::HideOptions hide;
  std::string tracks;               ///< edited tracks to hide instead of detected ones; empty: none
  std::string save_tracks;          ///< file for the hidden tracks; empty: none
  std::vector<std::int64_t> shown;  ///< tracks that stay visible
  std::string review;               ///< picture of faces that should be reviewed; empty: none
  std::string json;                 ///< file, "-": standard output; empty: none
  int detect_every = 1;
  NetworkArguments network;
  video::WriteOptions write{.keep_metadata = false};
};

/// Everything needed to hide faces in one file after another.
struct Anonymizer {
  const AnonymizeArguments& arguments;
  const TrackingNetwork& network;
  float sure_of_photograph;  ///< minimum score of a photograph's faces to hide
  const media::Hider& hider;
  ReviewSheet& review;
};

/// The result for one file.
struct Hidden {
  std::string file, out;
  bool film = false;
  std::int64_t frames = 1;
  std::int64_t faces = 0;  ///< hidden tracks, or faces of a photograph
  std::int64_t shown = 0;  ///< tracks left visible
  std::int64_t detected = 0, low_score = 0, interpolated = 0, extended = 0;  ///< boxes
  std::int64_t wants_look = 0;
  /// For films: doubtful spans, for the report.
  std::vector<track::DoubtfulSpan> doubtful{};
  std::vector<double> frame_seconds{};  ///< for films: time of each frame
  std::vector<std::string> warnings{}, left_out{};
  double seconds = 0;
};

/// Output that cannot be written ends the run: on a full disk every other file would fail as well.
using video::CannotWrite;

/// @throws Error for a film that cannot be read, CannotWrite
[[nodiscard]] Hidden anonymize_film(const Anonymizer& a, const Medium& medium,
                                    const std::filesystem::path& out);

/// Thread safe. @throws Error for a photograph that cannot be read, CannotWrite
[[nodiscard]] Hidden anonymize_photograph(const Anonymizer& a, const Medium& medium,
                                          const std::filesystem::path& out);

}  // namespace faceshot::cli
