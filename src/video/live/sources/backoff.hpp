// How long to wait before trying a lost camera, or a receiver of events, again.
#pragma once

#include <cstdint>

#include "base/random.hpp"

namespace faceshot::video {

struct BackoffOptions {
  double first = 0.1;  ///< seconds, > 0
  double most = 1;     ///< seconds, >= first
  double growth = 2;   ///< factor from one pause to the next, >= 1
};

/// Pauses that grow up to a limit, each shortened at random by up to a half ("equal jitter"), so
/// that cameras behind one switch do not all return at once. Depends only on its arguments. Not
/// thread safe.
class Backoff {
 public:
  /// @param number of the stream, which selects its random numbers
  /// @throws Error(invalid_argument) for impossible options
  Backoff(const BackoffOptions& options, std::uint64_t seed, std::uint32_t number);

  /// Seconds to wait now.
  [[nodiscard]] double next();
  /// It succeeded: the next pause is the first one again.
  void reset() noexcept { failures_ = 0; }
  /// Number of calls of next() since then.
  [[nodiscard]] int failures() const noexcept { return failures_; }

 private:
  BackoffOptions options_;
  base::Random random_;
  int failures_ = 0;
};

}  // namespace faceshot::video
