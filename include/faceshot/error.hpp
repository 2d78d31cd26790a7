// The one exception type that FaceShot's libraries throw.
#pragma once

#include <stdexcept>
#include <string>

namespace faceshot {
inline namespace v0_1 {

/// The kind of failure; programs can act on it, people read the message.
enum class ErrorCode {
  invalid_argument,    ///< a value passed by the caller, or in a config, is impossible
  not_found,           ///< a file, folder, key or layer does not exist
  io,                  ///< the system refused to read or write
  format,              ///< a file's content is damaged or violates its format
  unsupported,         ///< well-formed, but not supported (for example an ONNX operator)
  cancelled,           ///< the user asked to stop
  resource_exhausted,  ///< the system has no more memory, threads or processes
  diverged,            ///< training has produced numbers that are not finite
};

/// The last enumerator, for counting.
inline constexpr ErrorCode last_error_code = ErrorCode::diverged;

/// Thrown by every library function that can fail. `what()` says what was wrong, where (file, line,
/// record) and what to do, in one line without a trailing full stop or newline.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace v0_1
}  // namespace faceshot
