#include "video/live/schedule/fair_shares.hpp"

#include <algorithm>
#include <tuple>

namespace faceshot::video {

FairShares::FairShares(std::size_t streams, double slack) : shares_(streams), slack_(slack) {}

void FairShares::set_ready(std::size_t stream, bool ready) {
  Share& share = shares_.at(stream);
  if (ready && !share.ready) share.clock = std::max(share.clock, now_ - slack_);
  share.ready = ready;
}

std::optional<std::size_t> FairShares::take() {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < shares_.size(); ++i) {
    if (!shares_[i].ready) continue;
    if (!best || std::tie(shares_[i].clock, shares_[i].turn) <
                     std::tie(shares_[*best].clock, shares_[*best].turn))
      best = i;
  }
  if (!best) return best;
  shares_[*best].ready = false;
  shares_[*best].turn = ++turns_;
  now_ = std::max(now_, shares_[*best].clock);
  return best;
}

void FairShares::charge(std::size_t stream, double seconds) {
  shares_.at(stream).clock += seconds;
  shares_.at(stream).used += seconds;
}

}  // namespace faceshot::video
