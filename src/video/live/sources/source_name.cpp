#include "video/live/sources/source_name.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "faceshot/error.hpp"

namespace faceshot::video {
namespace {

constexpr std::array<std::string_view, 9> live_schemes{"rtsp",  "rtsps", "http", "https", "rtmp",
                                                       "rtmps", "srt",   "tcp",  "udp"};

std::string lower_letters(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

}  // namespace

SourceKind source_kind(const std::string& source) {
  if (source == "-") return SourceKind::pipe;
  if (const std::size_t at = source.find("://"); at != std::string::npos && at > 0) {
    const std::string scheme = lower_letters(source.substr(0, at));
    const auto letter = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    };
    if (std::all_of(scheme.begin(), scheme.end(), letter)) {
      if (std::find(live_schemes.begin(), live_schemes.end(), scheme) != live_schemes.end())
        return SourceKind::network;
      throw Error(ErrorCode::invalid_argument, "'" + shown_source(source) +
                                                   "': unsupported protocol; use rtsp, rtsps, "
                                                   "http, https, rtmp, rtmps, srt, tcp or udp");
    }
  }
  if (source.starts_with("/dev/video")) return SourceKind::device;
  struct stat status {};
  if (::stat(source.c_str(), &status) == 0) {
    if (S_ISFIFO(status.st_mode)) return SourceKind::pipe;
    if (S_ISCHR(status.st_mode) && source.starts_with("/dev/v4l/")) return SourceKind::device;
  }
  return SourceKind::none;
}

std::string shown_source(const std::string& source) {
  if (source == "-") return "standard input";
  const std::size_t scheme = source.find("://");
  if (scheme == std::string::npos) return source;
  const std::size_t begin = scheme + 3;
  const std::string rest = source.substr(begin, source.find_first_of("?#", begin) - begin);
  // The last @: passwords may contain one too; a path with one only loses the part before it.
  const std::size_t at = rest.rfind('@');
  return source.substr(0, begin) + (at == std::string::npos ? rest : rest.substr(at + 1));
}

std::string without_secrets(std::string text, const std::string& source) {
  const std::string shown = shown_source(source);
  if (source.find("://") == std::string::npos || shown == source) return text;
  for (std::size_t at = 0; (at = text.find(source, at)) != std::string::npos; at += shown.size())
    text.replace(at, source.size(), shown);
  return text;
}

}  // namespace faceshot::video
