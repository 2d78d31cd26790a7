#include "video/live/sources/interrupt.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "faceshot/error.hpp"

namespace faceshot::video {
namespace {

int milliseconds(double seconds) {
  constexpr double most = 1e6;  // 11 days
  return static_cast<int>(std::ceil(std::clamp(seconds, 0.0, most) * 1000));
}

}  // namespace

Interrupt::Interrupt() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (event_ < 0) throw Error(ErrorCode::resource_exhausted, "live: out of file descriptors");
}

Interrupt::~Interrupt() { ::close(event_); }

void Interrupt::raise() noexcept {
  raised_ = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event_, &one, sizeof one);
}

void Interrupt::clear() noexcept {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto taken = ::read(event_, &count, sizeof count);
  raised_ = false;
}

bool Interrupt::wait(double seconds) const noexcept {
  pollfd wanted{event_, POLLIN, 0};
  ::poll(&wanted, 1, milliseconds(seconds));
  return raised();
}

bool Interrupt::wait_readable(int file, double seconds) const noexcept {
  std::array<pollfd, 2> wanted{{{file, POLLIN, 0}, {event_, POLLIN, 0}}};
  if (::poll(wanted.data(), wanted.size(), milliseconds(seconds)) <= 0) return false;
  return !raised() && wanted[0].revents != 0;
}

}  // namespace faceshot::video
