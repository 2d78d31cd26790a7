// Processes a film frame by frame.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "faceshot/camera_motion.hpp"
#include "faceshot/detector.hpp"
#include "video/frame.hpp"
#include "video/reading/film_reader.hpp"
#include "video/reading/upright_view.hpp"

namespace faceshot::cli {

/// What is known about a frame.
struct WatchedFrame {
  video::Frame frame;
  bool looked_at = false;                      ///< false: the detector did not run
  std::vector<Detection> found;                ///< in pixels as seen
  FrameChange change;                          ///< since the previous frame
  ImageView view;                              ///< upright; valid while taken
  std::unique_ptr<video::UprightView> holder;  ///< of the view
};

struct WatchOptions {
  int detect_every = 1;
  int threads = 1;
  bool quiet = false;         ///< no progress
  std::string what = "film";  ///< for progress
};

/// Reads the film to its end; decodes, detects and calls `take` in parallel, in order.
/// @param take called on the caller's thread, frame by frame
void watch_film(video::FilmReader& reader, const Detector& detector, const WatchOptions& options,
                const std::function<void(WatchedFrame&)>& take);

/// Prints the reader's warnings to stderr.
void print_warnings(const std::vector<std::string>& warnings);

}  // namespace faceshot::cli
