#include "video/live/sources/live_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>

#include "base/waiting_thread.hpp"
#include "faceshot/error.hpp"
#include "video/live/sources/source_name.hpp"
#include "video/live/sources/stream_clock.hpp"
#include "video/live/utc_time.hpp"

namespace faceshot::video {
namespace {

/// More frames are skipped the further a stream is behind; all are decoded again once it has caught
/// up.
Haste haste_for(double lag, Haste now) {
  constexpr double late = 1, very_late = 2, caught_up = 0.3;  // seconds
  if (lag > very_late) return Haste::key_frames_only;
  if (lag > late) return std::max(now, Haste::skip_unreferenced);
  return lag < caught_up ? Haste::none : now;
}

}  // namespace

const char* name_of(SourceState state) noexcept {
  switch (state) {
    case SourceState::connecting:
      return "connecting";
    case SourceState::live:
      return "live";
    case SourceState::waiting:
      return "waiting";
    case SourceState::asleep:
      return "asleep";
    default:
      return "ended";
  }
}

struct LiveSource::Impl {
  SourceOptions options;
  OpenInput open;
  LiveLog log;
  std::function<void()> changed;
  Interrupt interrupt{};  ///< ends the connection, to sleep or to stop
  mutable std::mutex mutex{};
  std::condition_variable taken{};
  // Under the mutex:
  SourceState state = SourceState::connecting;
  SourceCounters counters{};
  LiveFrame newest{};
  bool fresh = false, wanted = options.wanted, ending = false;
  double last_arrival = 0;
  // The thread's own:
  StreamClock clock{};
  std::int64_t index = 0;
  int width = 0, height = 0;
  double began = 0;  ///< time of this connection's first frame; 0: none yet
  std::int64_t damaged_before = 0;
  std::string last_failure{};
  base::WaitingThread thread{};  // last: starts when everything else exists

  Impl(const SourceOptions& o, OpenInput opener, LiveLog logger, std::function<void()> change)
      : options(o), open(std::move(opener)), log(std::move(logger)), changed(std::move(change)) {}

  void tell(LogLevel level, const char* what, const std::string& message) const {
    if (log) log({level, options.name, what, without_secrets(message, options.input.source)});
  }
  void set_state(SourceState next);
  bool sleep_until_wanted();
  void publish(LivePicture& picture, const LiveInput& input);
  void connection();
  void connection_failed(const std::string& why, bool lived, const Backoff& backoff);
  void run();
};

void LiveSource::Impl::set_state(SourceState next) {
  {
    const std::lock_guard lock(mutex);
    if (state == next) return;
    state = next;
  }
  if (changed) changed();
}

/// False: the source ends.
bool LiveSource::Impl::sleep_until_wanted() {
  for (;;) {
    {
      const std::lock_guard lock(mutex);
      if (ending) return false;
      if (wanted) {
        interrupt.clear();
        return true;
      }
    }
    set_state(SourceState::asleep);
    constexpr double a_while = 3600;
    std::unique_lock lock(mutex);
    taken.wait_for(lock, std::chrono::duration<double>(a_while), [&] { return wanted || ending; });
  }
}

void LiveSource::Impl::publish(LivePicture& picture, const LiveInput& input) {
  const double arrival = monotonic_now();
  const double seconds = clock.next(picture.time, arrival);
  const int wide = picture.placement.width(), high = picture.placement.height();
  const bool resized = width > 0 && (wide != width || high != height);
  if (resized) tell(LogLevel::info, "resized", fmt::format("frames are now {}x{}", wide, high));
  width = wide;
  height = high;
  {
    std::unique_lock lock(mutex);
    if (options.every_frame) taken.wait(lock, [&] { return !fresh || ending || !wanted; });
    if (fresh) ++counters.dropped;
    newest = {Frame(picture.picture.release(), index++, seconds), picture.placement, arrival,
              utc_now()};
    fresh = true;
    last_arrival = arrival;
    ++counters.frames;
    counters.resized += resized ? 1 : 0;
    counters.jumps = clock.jumps();
    counters.damaged = damaged_before + input.damaged();
    counters.processor_seconds = thread_processor_seconds();
    state = SourceState::live;
  }
  if (changed) changed();
}

/// Runs one connection to its end.
void LiveSource::Impl::connection() {
  began = 0;
  damaged_before = counters.damaged;
  const std::unique_ptr<LiveInput> input = open(options.input, interrupt);
  clock.reconnect();
  LivePicture picture;
  Haste haste = Haste::none;
  while (input->next(picture)) {
    if (began == 0) {
      began = monotonic_now();
      tell(LogLevel::info, "connected",
           fmt::format("{}: {}, {}x{}", shown_source(options.input.source), input->description(),
                       picture.placement.width(), picture.placement.height()));
      const std::lock_guard lock(mutex);
      ++counters.connections;
    }
    publish(picture, *input);
    const Haste next = haste_for(options.every_frame ? 0 : clock.lag(), haste);
    if (next != haste) input->hurry(next);
    haste = next;
  }
}

/// Logged when it begins, when the reason changes, and then less and less often.
void LiveSource::Impl::connection_failed(const std::string& why, bool lived,
                                         const Backoff& backoff) {
  const int failures = backoff.failures();
  const bool rarely = (failures & (failures - 1)) == 0;
  if (lived || why != last_failure || rarely)
    tell(LogLevel::warning, lived ? "lost" : "unreachable",
         failures > 1 ? fmt::format("{} (attempt {})", why, failures) : why);
  last_failure = why;
  const std::lock_guard lock(mutex);
  ++counters.failures;
  counters.processor_seconds = thread_processor_seconds();
}

void LiveSource::Impl::run() {
  const bool once = options.input.source == "-";  // it cannot be opened again
  Backoff backoff(options.backoff, options.seed, options.number);
  while (sleep_until_wanted()) {
    set_state(SourceState::connecting);
    std::string why = "the stream ended";
    bool failed = true;
    try {
      connection();
      failed = began == 0;
      if (failed) why = "no frame came";
    } catch (const std::exception& e) {
      why = e.what();
    }
    if (interrupt.raised()) continue;
    if (once) {
      tell(failed ? LogLevel::error : LogLevel::info, "ended", why);
      set_state(SourceState::ended);
      return;
    }
    constexpr double stable = 10;  // seconds after which a camera counts as working
    if (began > 0 && monotonic_now() - began > stable) backoff.reset();
    const double pause = backoff.next();
    connection_failed(why, began > 0, backoff);
    set_state(SourceState::waiting);
    interrupt.wait(pause);
  }
}

LiveSource::LiveSource(const SourceOptions& options, OpenInput open, LiveLog log,
                       std::function<void()> changed)
    : impl_(new Impl(options, std::move(open), std::move(log), std::move(changed))) {
  (void)Backoff(options.backoff, options.seed, options.number);
  if (!(options.input.connect_seconds > 0) || !(options.input.read_seconds > 0))
    throw Error(ErrorCode::invalid_argument, "live: time-outs must be above 0");
}

void LiveSource::start() {
  impl_->thread = base::WaitingThread([my = impl_.get()] { my->run(); });
}

LiveSource::~LiveSource() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->ending = true;
    impl_->interrupt.raise();
  }
  impl_->taken.notify_all();
  if (impl_->thread.joinable()) impl_->thread.join();
}

bool LiveSource::take(LiveFrame& frame) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (!impl_->fresh) return false;
    frame = std::move(impl_->newest);
    impl_->newest = {};
    impl_->fresh = false;
  }
  impl_->taken.notify_all();
  return true;
}

bool LiveSource::has_frame() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->fresh;
}

SourceState LiveSource::state() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state;
}

SourceCounters LiveSource::counters() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->counters;
}

double LiveSource::last_arrival() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->last_arrival;
}

void LiveSource::set_wanted(bool wanted) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->wanted == wanted) return;
    impl_->wanted = wanted;
    if (!wanted) impl_->interrupt.raise();
  }
  impl_->taken.notify_all();
}

}  // namespace faceshot::video
