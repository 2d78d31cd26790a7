// The one exception type that FaceShot's libraries throw.
#pragma once

#include <stdexcept>
#include <string>

namespace faceshot {
inline namespace v0_1 {

/// What kind of thing went wrong; programs can decide on it, people read the message.
enum class ErrorCode {
  invalid_argument,    ///< a value that the caller passed, or wrote in a config, is impossible
  not_found,           ///< a file, folder, key or layer that was named does not exist
  io,                  ///< the system refused to read or write
  format,              ///< a file's content is damaged or not what its format demands
  unsupported,         ///< well-formed, but FaceShot cannot do it (an ONNX operator we lack, say)
  cancelled,           ///< the user asked to stop
  resource_exhausted,  ///< the system has no more memory, threads or processes
  diverged,            ///< training has led to numbers that are not finite
};

/// The last of them, for those who count.
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
