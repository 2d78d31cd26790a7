// Which stream is served next, so that all get the same processor time.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace faceshot::video {

/// Fair queueing by processor time (as CFS of Linux, and stride scheduling: C. Waldspurger, 1995):
/// each stream has a clock that runs as fast as it is served, and the one that is behind comes
/// next. Who had nothing to do for a while does not come back with a claim on all that it missed.
/// Deterministic. Not thread safe.
class FairShares {
 public:
  /// @param streams how many @param slack seconds that a stream may make up after idling, >= 0
  explicit FairShares(std::size_t streams, double slack = 0.1);

  /// There is something to do for it, or not any more.
  void set_ready(std::size_t stream, bool ready);
  /// The one to be served; it is not ready from here on, until set_ready(). None: nobody is ready.
  [[nodiscard]] std::optional<std::size_t> take();
  /// It took so much. @param seconds of processor time, >= 0
  void charge(std::size_t stream, double seconds);

  /// What it was charged in all.
  [[nodiscard]] double used(std::size_t stream) const { return shares_.at(stream).used; }

 private:
  struct Share {
    double clock = 0, used = 0;
    bool ready = false;
    std::size_t turn = 0;  ///< when it was last served: of equals the one that waits longest
  };
  std::vector<Share> shares_;
  double slack_;
  double now_ = 0;  ///< the clock of who was served last
  std::size_t turns_ = 0;
};

}  // namespace faceshot::video
