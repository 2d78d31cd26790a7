// What libraries print while the service runs.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <string>

namespace faceshot::cli {

/// Decoders print to stderr what they find wrong with a picture (libdav1d does). As long as this
/// lives, such lines go to a function instead of into the midst of the service's log, a few a
/// second at most: whoever sends pictures could fill a disk. What does not go through C's stdio, as
/// the last words of a program that aborts, is not touched.
class LibraryMessages {
 public:
  /// @param tell gets each line without its end, one at a time
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
  std::chrono::steady_clock::time_point second_{};  ///< when the count below began
  int told_ = 0;
};

}  // namespace faceshot::cli
