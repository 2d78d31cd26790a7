// A live stream into films, for as long as it lasts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "video/frame.hpp"
#include "video/placement.hpp"
#include "video/writing/film_writer.hpp"

namespace faceshot::video {

/// Unlike a FilmWriter's, its file is there from the first frame on and can be played at any time,
/// also after a crash or a reboot: Matroska, written out twice a second. No file is overwritten,
/// and a stream that changes its size continues in another one: rec.mkv, rec-2.mkv, ... Not thread
/// safe.
class LiveRecorder {
 public:
  /// @param path of the first file, ".mkv"
  /// @throws Error(invalid_argument) for another extension, or an encoder that does not exist
  explicit LiveRecorder(std::filesystem::path path, const WriteOptions& options = {});
  ~LiveRecorder();  ///< finishes the file
  LiveRecorder(const LiveRecorder&) = delete;
  LiveRecorder& operator=(const LiveRecorder&) = delete;

  /// @param frame later than the one before by seconds()
  /// @throws CannotWrite; Error(unsupported) for frames that the encoder does not take
  void write(const Frame& frame, const Placement& placement);
  /// Ends the file. The next frame begins another.
  void finish();
  /// Of the file that is being written; empty: none yet.
  [[nodiscard]] std::filesystem::path file() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::video
