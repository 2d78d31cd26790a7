// Writes films to files: frames are encoded again, everything else is copied.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "faceshot/error.hpp"
#include "video/frame.hpp"
#include "video/reading/film_reader.hpp"

struct AVPacket;

namespace faceshot::video {

/// No space or no permission: other films would fail as well.
struct CannotWrite : Error {
  explicit CannotWrite(const Error& e) : Error(e.code(), e.what()) {}
};

struct WriteOptions {
  std::string codec{};  ///< libav's name of an encoder; empty: libx264 if the container supports it
  std::string codec_options{};  ///< "key=value:key=value" for the encoder
  int quality = 18;             ///< constant rate factor, 0 to 63: lower is better and larger
  int threads = 0;              ///< of the encoder; 0: as many as there are cores
  /// False: copies only what is needed to see and hear it: sound, subtitles, languages,
  /// orientation. No tags (location, device, time, names), cover pictures, attachments, data
  /// streams (location and motion), additional pictures or chapters.
  bool keep_metadata = true;
};

/// Throws unless a film can be written to a file of this name.
/// @throws Error(invalid_argument) for an extension that is not a film's, or an unknown encoder
void require_writable_film(const std::filesystem::path& path, const WriteOptions& options);

/// Writes one film: completely or not at all (FilmFile). Frame times, rotation, pixel aspect and
/// colour properties are the source's. Call write() from one thread; copy() from any.
class FilmWriter {
 public:
  /// @param source must outlive it; pass its other packets to copy()
  /// @throws Error(invalid_argument) as require_writable_film(); Error(unsupported) for sound that
  /// the
  ///         container cannot hold; CannotWrite
  FilmWriter(const std::filesystem::path& path, const FilmReader& source,
             const WriteOptions& options = {});
  ~FilmWriter();  ///< removes the file unless it was finished
  FilmWriter(const FilmWriter&) = delete;
  FilmWriter& operator=(const FilmWriter&) = delete;

  /// Uses the frame's samples; in order of time. @throws CannotWrite, Error(unsupported)
  void write(const Frame& frame);
  /// A packet of another stream of the source, in the order of the file. Thread safe. @throws
  /// CannotWrite
  void copy(const AVPacket& packet);
  /// @throws CannotWrite; Error(format) if there was no frame
  void finish();

  /// What the film lacks of the source, and why: one line each. Complete after the first frame.
  [[nodiscard]] std::vector<std::string> left_out() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::video
