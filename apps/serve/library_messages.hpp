// Handles what libraries print while the service runs.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <string>

namespace faceshot::cli {

/// Decoders print problems of a picture to stderr (libdav1d does). As long as this lives, such
/// lines go to a function instead of into the middle of the service's log, a few per second at
/// most: otherwise clients could fill a disk by sending pictures. Output that bypasses C's stdio,
/// such as the last message of an aborting program, is not affected.
class LibraryMessages {
 public:
  /// @param tell receives each line without its line end, one at a time
  explicit LibraryMessages(std::function<void(const std::string& line)> tell);
  ~LibraryMessages();
  LibraryMessages(const LibraryMessages&) = delete;
  LibraryMessages& operator=(const LibraryMessages&) = delete;

 private:
  static ssize_t write(void* self, const char* text, std::size_t size);
  void end_line();

  const std::function<void(const std::string&)> tell_;
  std::FILE* const before_;
  std::FILE* file_ = nullptr;
  std::string line_;
  std::chrono::steady_clock::time_point second_{};  ///< start of the counting interval
  int told_ = 0;
};

}  // namespace faceshot::cli
