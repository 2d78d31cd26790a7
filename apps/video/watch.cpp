#include "watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <mutex>

#include "common/console.hpp"
#include "video/ordered_pipeline.hpp"

namespace faceshot::cli {
namespace {

/// Memory for upright copies, reused between frames.
class ViewPool {
 public:
  std::unique_ptr<video::UprightView> get() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return std::make_unique<video::UprightView>();
    auto view = std::move(idle_.back());
    idle_.pop_back();
    return view;
  }
  void give_back(std::unique_ptr<video::UprightView> view) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(view));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<video::UprightView>> idle_;
};

}  // namespace

void watch_film(video::FilmReader& reader, const Detector& detector, const WatchOptions& options,
                const std::function<void(WatchedFrame&)>& take) {
  ViewPool pool;
  CameraMotionEstimator camera;
  Progress progress(options.what,
                    static_cast<std::size_t>(std::max<std::int64_t>(0, reader.info().frames)));
  const auto next = [&](WatchedFrame& item) { return reader.next(item.frame); };
  const auto work = [&](WatchedFrame& item, int) {
    item.holder = pool.get();
    item.view = item.holder->of(item.frame, reader.info().placement);
    item.looked_at = item.frame.index() % options.detect_every == 0;
    if (item.looked_at) detector.detect(item.view, item.found);
  };
  video::run_in_order<WatchedFrame>(options.threads, next, work, [&](WatchedFrame& item) {
    item.change = camera.next(item.view);
    take(item);
    pool.give_back(std::move(item.holder));
    progress.update(static_cast<std::size_t>(item.frame.index()) + 1);
  });
}

void print_warnings(const std::vector<std::string>& warnings) {
  for (const std::string& line : warnings) fmt::print(stderr, "faceshot: warning: {}\n", line);
}

}  // namespace faceshot::cli
