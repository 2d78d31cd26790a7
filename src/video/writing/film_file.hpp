// The file that a film is written to: complete or absent.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

struct AVIOContext;

namespace faceshot::video {

/// If the file system supports it (O_TMPFILE), the file has no name until it is complete: a killed
/// process leaves nothing behind. Elsewhere it is a temporary file beside `path`.
class FilmFile {
 public:
  /// @throws CannotWrite
  explicit FilmFile(const std::filesystem::path& path);
  ~FilmFile();  ///< removes the file unless it was committed
  FilmFile(const FilmFile&) = delete;
  FilmFile& operator=(const FilmFile&) = delete;

  [[nodiscard]] AVIOContext* io() const noexcept { return io_; }
  /// A name by which the file can be opened again while it has none of its own.
  [[nodiscard]] std::string other_name() const;
  /// @throws CannotWrite if a write has failed, with the system's reason
  void check() const;
  /// Forces everything to disk and gives the file its name. @throws CannotWrite
  void commit();

 private:
  static int write(void* self, std::uint8_t* bytes, int count);
  static std::int64_t seek(void* self, std::int64_t offset, int whence);
  [[noreturn]] void fail(int reason) const;
  void close();

  std::filesystem::path path_;
  std::string temporary_;  ///< its name; empty: it has none
  int file_ = -1;
  int failed_ = 0;  ///< errno of the first write that failed
  AVIOContext* io_ = nullptr;
};

}  // namespace faceshot::video
