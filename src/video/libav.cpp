#include "video/libav.hpp"

#include <array>

#include "faceshot/error.hpp"

namespace faceshot::video {

std::string libav_text(int code) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(code, text.data(), text.size());
  return text.data();
}

void quiet_libav() { av_log_set_level(AV_LOG_QUIET); }

void throw_no_memory() { throw Error(ErrorCode::resource_exhausted, "video: out of memory"); }

}  // namespace faceshot::video
