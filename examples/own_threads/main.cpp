// FaceShot on the application's own threads: a pool, lent by a ParallelRunner.
//
//   own_threads MODEL.onnx
//
// Processes a grey picture with four threads of a small pool and prints how many pieces of work the
// pool received.
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "faceshot/faceshot.hpp"

namespace {

/// The simplest thread pool: applications usually have one already (TBB, Qt, a game's job system
/// ...).
class Pool {
 public:
  explicit Pool(int threads) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
  }
  ~Pool() {
    {
      const std::lock_guard lock(mutex_);
      ends_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  void add(std::function<void()> job) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(job));
    }
    changed_.notify_one();
  }

 private:
  void work() {
    for (;;) {
      std::function<void()> job;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return ends_ || !jobs_.empty(); });
        if (jobs_.empty()) return;
        job = std::move(jobs_.front());
        jobs_.pop_front();
      }
      job();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> threads_;
  bool ends_ = false;
};

/// Pieces are taken one by one, so that a slow or late thread gets fewer.
class PoolRunner : public faceshot::ParallelRunner {
 public:
  explicit PoolRunner(Pool& pool) : pool_(pool) {}

  void run(std::size_t count, int workers,
           const std::function<void(std::size_t piece, int worker)>& body) override {
    struct Loop {
      std::atomic<std::size_t> next{0};
      std::mutex mutex;
      std::condition_variable done;
      std::size_t left;  // pieces not done yet
    };
    // Shared: a job of the pool may be scheduled only after everything is done and run() has
    // returned.
    const auto loop = std::make_shared<Loop>();
    loop->left = count;
    const auto work = [loop, count, &body](int worker) {
      std::size_t did = 0;
      for (std::size_t piece = loop->next++; piece < count; piece = loop->next++, ++did)
        body(piece, worker);
      const std::lock_guard lock(loop->mutex);
      loop->left -= did;
      if (did > 0 && loop->left == 0) loop->done.notify_all();
    };
    for (int worker = 1; worker < workers; ++worker) pool_.add([work, worker] { work(worker); });
    work(0);  // the caller helps, and so depends on nobody
    std::unique_lock lock(loop->mutex);
    loop->done.wait(lock, [&] { return loop->left == 0; });
    pieces_ += count;
  }

  [[nodiscard]] std::size_t pieces() const { return pieces_; }

 private:
  Pool& pool_;
  std::atomic<std::size_t> pieces_{0};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: own_threads MODEL.onnx\n");
    return 2;
  }
  try {
    constexpr int side = 256;
    Pool pool(3);  // the caller is the fourth
    const auto runner = std::make_shared<PoolRunner>(pool);
    faceshot::DetectorOptions options;
    options.threads = 4;
    options.runner = runner;
    const faceshot::Detector detector(argv[1], options);
    const std::vector<std::uint8_t> grey(std::size_t{3} * side * side, 128);
    const faceshot::ImageView view{grey.data(), side, side, std::ptrdiff_t{3} * side,
                                   faceshot::PixelFormat::rgb};
    const std::size_t faces = detector.detect(view).size();
    std::printf("FaceShot %s: %zu faces; the pool was given %zu pieces of work\n",
                faceshot::version(), faces, runner->pieces());
  } catch (const std::exception& e) {
    std::fprintf(stderr, "own_threads: %s\n", e.what());
    return 1;
  }
}
