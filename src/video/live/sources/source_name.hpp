// The kinds of sources that users can specify.
#pragma once

#include <cstdint>
#include <string>

namespace faceshot::video {

enum class SourceKind : std::uint8_t {
  none,     ///< a film, a folder, or nothing
  network,  ///< rtsp://, rtsps://, http://, https://, rtmp://, rtmps://, srt://, tcp://, udp://
  device,   ///< /dev/videoN: V4L2
  pipe,     ///< "-", standard input, or a FIFO
};

/// @param source from the command line
/// @throws Error(invalid_argument) for a URL with a scheme not listed above (file://, concat: and
/// the
///         like would name files)
[[nodiscard]] SourceKind source_kind(const std::string& source);

/// For users and logs: without user, password and query, which may contain keys; "standard input"
/// for "-".
[[nodiscard]] std::string shown_source(const std::string& source);

/// The same in any text that may contain the source, as errors do.
[[nodiscard]] std::string without_secrets(std::string text, const std::string& source);

}  // namespace faceshot::video
