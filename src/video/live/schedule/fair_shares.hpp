// Decides which stream is served next, so that all get the same processor time.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace faceshot::video {

/// Fair queueing by processor time (like Linux' CFS, and stride scheduling: C. Waldspurger, 1995):
/// each stream has a clock that advances with the service it gets, and the stream that is furthest
/// behind is next. A stream that was idle cannot claim all the time that it missed. Deterministic.
/// Not thread safe.
class FairShares {
 public:
  /// @param streams their number @param slack seconds that a stream may catch up after idling, >= 0
  explicit FairShares(std::size_t streams, double slack = 0.1);

  /// Whether the stream has work.
  void set_ready(std::size_t stream, bool ready);
  /// The stream to serve; it is no longer ready until set_ready(). Nothing if none is ready.
  [[nodiscard]] std::optional<std::size_t> take();
  /// Serving it took this long. @param seconds of processor time, >= 0
  void charge(std::size_t stream, double seconds);

  /// Total charged to it.
  [[nodiscard]] double used(std::size_t stream) const { return shares_.at(stream).used; }

 private:
  struct Share {
    double clock = 0, used = 0;
    bool ready = false;
    std::size_t turn = 0;  ///< when it was last served: ties go to the one that has waited longest
  };
  std::vector<Share> shares_;
  double slack_;
  double now_ = 0;  ///< clock of the stream served last
  std::size_t turns_ = 0;
};

}  // namespace faceshot::video
