// How long to wait before a lost camera, or a receiver of events, is tried again.
#pragma once

#include <cstdint>

#include "base/random.hpp"

namespace faceshot::video {

struct BackoffOptions {
  double first = 0.1;  ///< seconds, > 0
  double most = 1;     ///< seconds, >= first
  double growth = 2;   ///< each pause is so many times the one before, >= 1
};

/// Pauses that grow to a limit, each shortened at random by up to a half ("equal jitter"), so that
/// cameras behind one switch do not all come back at once. Depends on its arguments alone. Not
/// thread safe.
class Backoff {
 public:
  /// @param number of the stream: each has random numbers of its own
  /// @throws Error(invalid_argument) for impossible options
  Backoff(const BackoffOptions& options, std::uint64_t seed, std::uint32_t number);

  /// Seconds to wait now.
  [[nodiscard]] double next();
  /// It was there again: the next pause is the first.
  void reset() noexcept { failures_ = 0; }
  /// How often next() was called since.
  [[nodiscard]] int failures() const noexcept { return failures_; }

 private:
  BackoffOptions options_;
  base::Random random_;
  int failures_ = 0;
};

}  // namespace faceshot::video
