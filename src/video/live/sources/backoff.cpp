#include "video/live/sources/backoff.hpp"

#include <algorithm>
#include <cmath>

#include "faceshot/error.hpp"

namespace faceshot::video {

Backoff::Backoff(const BackoffOptions& options, std::uint64_t seed, std::uint32_t number)
    : options_(options), random_(seed, 0, number) {
  if (!(options.first > 0) || !(options.most >= options.first) || !(options.growth >= 1) ||
      !std::isfinite(options.most) || !std::isfinite(options.growth))
    throw Error(ErrorCode::invalid_argument,
                "pauses between attempts must be above 0, and the longest must not be shorter than "
                "the first");
}

double Backoff::next() {
  constexpr int enough = 64;  // by now any growth has reached the limit, or never will
  const double whole = std::min(
      options_.most, options_.first * std::pow(options_.growth, std::min(failures_, enough)));
  ++failures_;
  return whole * static_cast<double>(random_.uniform(0.5F, 1.0F));
}

}  // namespace faceshot::video
