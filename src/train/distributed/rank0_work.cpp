#include "train/distributed/rank0_work.hpp"

#include <array>
#include <chrono>

namespace faceshot::train {
namespace {

/// @param busy of rank 0; ignored for others
/// @return rank 0's
bool still_busy(ProcessGroup& group, bool busy) {
  // A sum instead of a broadcast, so that rank 0 also notices if the others are gone.
  std::array<double, 1> value{group.rank() == 0 && busy ? 1.0 : 0.0};
  group.sum(value);
  return value[0] > 0;
}

}  // namespace

void work_on_rank0(ProcessGroup& group,
                   const std::function<void(const std::function<void()>& alive)>& work) {
  if (group.rank() != 0) {
    while (still_busy(group, false)) continue;
    return;
  }
  using Clock = std::chrono::steady_clock;
  auto last = Clock::now();
  work([&] {
    if (Clock::now() - last < std::chrono::seconds(1)) return;
    still_busy(group, true);
    last = Clock::now();
  });
  still_busy(group, false);
}

}  // namespace faceshot::train
