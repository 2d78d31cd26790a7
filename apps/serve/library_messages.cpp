#include "library_messages.hpp"

#include <utility>

namespace faceshot::cli {

LibraryMessages::LibraryMessages(std::function<void(const std::string&)> tell)
    : tell_(std::move(tell)), before_(stderr) {
#ifdef __GLIBC__  // elsewhere stderr cannot be replaced: lines are left as they are
  file_ = ::fopencookie(this, "w",
                        {.read = nullptr, .write = write, .seek = nullptr, .close = nullptr});
  if (file_ == nullptr) return;
  std::setvbuf(file_, nullptr, _IOLBF, BUFSIZ);
  stderr = file_;
#endif
}

LibraryMessages::~LibraryMessages() {
  if (file_ == nullptr) return;
#ifdef __GLIBC__
  stderr = before_;
#endif
  std::fclose(file_);
}

/// One thread at a time: stdio holds the file's lock.
ssize_t LibraryMessages::write(void* self, const char* text, std::size_t size) {
  auto& my = *static_cast<LibraryMessages*>(self);
  constexpr std::size_t longest = 300;
  for (std::size_t i = 0; i < size; ++i) {
    if (text[i] == '\n')
      my.end_line();
    else if (my.line_.size() < longest)
      my.line_ += text[i];
  }
  return static_cast<ssize_t>(size);
}

void LibraryMessages::end_line() {
  constexpr int most_a_second = 10;
  const auto now = std::chrono::steady_clock::now();
  if (now - second_ >= std::chrono::seconds(1)) {
    second_ = now;
    told_ = 0;
  }
  if (++told_ <= most_a_second) tell_(line_);
  line_.clear();
}

}  // namespace faceshot::cli
