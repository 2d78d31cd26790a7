#include "video/live/schedule/stream_workers.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

#include "base/waiting_thread.hpp"
#include "video/live/schedule/fair_shares.hpp"
#include "video/live/utc_time.hpp"

namespace faceshot::video {

struct StreamWorkers::Impl {
  Serve serve;
  ProcessorClock clock;
  mutable std::mutex mutex{};
  std::condition_variable changed{};
  FairShares shares;
  std::vector<char> served, again;  ///< being served; notified in the meantime
  double busy = 0;
  bool stopping = false;
  std::exception_ptr failure{};
  std::vector<base::WaitingThread> threads{};

  void work();
};

void StreamWorkers::Impl::work() {
  std::unique_lock lock(mutex);
  for (;;) {
    std::optional<std::size_t> stream;
    changed.wait(lock, [&] { return stopping || (stream = shares.take()).has_value(); });
    if (stopping) return;
    served[*stream] = 1;
    lock.unlock();
    const double used = clock(), began = monotonic_now();
    bool more = false;
    std::exception_ptr thrown;
    try {
      more = serve(*stream);
    } catch (...) {
      thrown = std::current_exception();
    }
    const double took = clock() - used, passed = monotonic_now() - began;
    lock.lock();
    shares.charge(*stream, took);
    busy += passed;
    served[*stream] = 0;
    if (thrown) {
      if (!failure) failure = thrown;
      stopping = true;
      changed.notify_all();
      return;
    }
    if (more || again[*stream] != 0) {
      again[*stream] = 0;
      shares.set_ready(*stream, true);
      changed.notify_one();
    }
  }
}

StreamWorkers::StreamWorkers(std::size_t streams, int threads, Serve serve, ProcessorClock clock)
    : impl_(new Impl{.serve = std::move(serve),
                     .clock = std::move(clock),
                     .shares = FairShares(streams),
                     .served = std::vector<char>(streams),
                     .again = std::vector<char>(streams)}) {
  for (int t = 0; t < threads; ++t) impl_->threads.emplace_back([my = impl_.get()] { my->work(); });
}

StreamWorkers::~StreamWorkers() {
  const std::unique_lock lock(impl_->mutex);
  impl_->stopping = true;
  impl_->changed.notify_all();
}  // the threads are joined when impl_ is destroyed

void StreamWorkers::notify(std::size_t stream) {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->served[stream] != 0) {
    impl_->again[stream] = 1;
    return;
  }
  impl_->shares.set_ready(stream, true);
  impl_->changed.notify_one();
}

void StreamWorkers::charge(std::size_t stream, double seconds) {
  const std::lock_guard lock(impl_->mutex);
  impl_->shares.charge(stream, seconds);
}

double StreamWorkers::used(std::size_t stream) const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->shares.used(stream);
}

double StreamWorkers::busy_seconds() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->busy;
}

bool StreamWorkers::failed() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->failure != nullptr;
}

void StreamWorkers::stop() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
    impl_->changed.notify_all();
  }
  impl_->threads.clear();  // joins
  if (impl_->failure) std::rethrow_exception(impl_->failure);
}

}  // namespace faceshot::video
