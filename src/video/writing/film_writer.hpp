// Films into files: frames encoded again, all else copied as it is.
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

/// For want of room, or leave, nothing can be written: another film will fare no better.
struct CannotWrite : Error {
  explicit CannotWrite(const Error& e) : Error(e.code(), e.what()) {}
};

struct WriteOptions {
  std::string codec{};  ///< libav's name of an encoder; empty: libx264 where the container takes it
  std::string codec_options{};  ///< "key=value:key=value" for the encoder
  int quality = 18;             ///< constant rate factor, 0 to 63: lower is better and larger
  int threads = 0;              ///< of the encoder; 0: as many as there are cores
  /// False: only what is needed to see and hear it is copied: sound, subtitles, languages, which
  /// way is up. No tags (place, device, time, names), no cover pictures, attached files, data
  /// streams (of place and motion), further pictures, chapters.
  bool keep_metadata = true;
};

/// Throws unless a film can be written to a file of this name.
/// @throws Error(invalid_argument) for an extension that is not a film's, or an encoder that does
/// not exist
void require_writable_film(const std::filesystem::path& path, const WriteOptions& options);

/// Writes one film: all of it, or nothing (FilmFile). Frames' times, rotation, the aspect of pixels
/// and the meaning of colours are the source's. write() is for one thread, copy() for any other.
class FilmWriter {
 public:
  /// @param source must outlive it; its other packets are to be given to copy()
  /// @throws Error(invalid_argument) as require_writable_film(); Error(unsupported) for sound that
  /// the
  ///         container cannot hold; CannotWrite
  FilmWriter(const std::filesystem::path& path, const FilmReader& source,
             const WriteOptions& options = {});
  ~FilmWriter();  ///< what was not finished is gone
  FilmWriter(const FilmWriter&) = delete;
  FilmWriter& operator=(const FilmWriter&) = delete;

  /// Takes the frame's samples, in order of time. @throws CannotWrite, Error(unsupported)
  void write(const Frame& frame);
  /// A packet of another stream of the source's, in the file's order. Thread safe. @throws
  /// CannotWrite
  void copy(const AVPacket& packet);
  /// @throws CannotWrite; Error(format) if there was no frame
  void finish();

  /// What of the source is not in the film, and why: one line each. Complete after the first frame.
  [[nodiscard]] std::vector<std::string> left_out() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::video
