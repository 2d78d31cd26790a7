// Records a live stream, however long, as films.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "video/frame.hpp"
#include "video/placement.hpp"
#include "video/writing/film_writer.hpp"

namespace faceshot::video {

/// Unlike a FilmWriter's, its file exists from the first frame and can be played at any time, even
/// after a crash or a reboot: Matroska, flushed twice per second. No file is overwritten, and a
/// stream that changes its size continues in another file: rec.mkv, rec-2.mkv, ... Not thread safe.
class LiveRecorder {
 public:
  /// @param path of the first file, ".mkv"
  /// @throws Error(invalid_argument) for another extension, or an unknown encoder
  explicit LiveRecorder(std::filesystem::path path, const WriteOptions& options = {});
  ~LiveRecorder();  ///< finishes the file
  LiveRecorder(const LiveRecorder&) = delete;
  LiveRecorder& operator=(const LiveRecorder&) = delete;

  /// @param frame its seconds() are greater than the previous one's
  /// @throws CannotWrite; Error(unsupported) for frames that the encoder does not support
  void write(const Frame& frame, const Placement& placement);
  /// Ends the file. The next frame starts another.
  void finish();
  /// The current file; empty: none yet.
  [[nodiscard]] std::filesystem::path file() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::video
