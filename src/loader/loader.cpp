#include "loader/loader.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <iterator>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/executor.hpp"
#include "base/parallel.hpp"
#include "data/pack/image_pack.hpp"
#include "faceshot/error.hpp"
#include "loader/balance.hpp"
#include "loader/image_cache.hpp"
#include "loader/sample_order.hpp"

namespace faceshot::loader {
namespace {

using augment::AugmentOptions;
using data::PreparedSet;
using geometry::ImageRecord;

void validate(const LoaderOptions& options) {
  const auto demand = [](bool good, const char* message) {
    if (!good) throw Error(ErrorCode::invalid_argument, message);
  };
  demand(options.batch_size >= 1, "loader: the batch size must be at least 1");
  demand(options.shards >= 1 && options.shard >= 0 && options.shard < options.shards,
         "loader: the shard index must be 0 to shards - 1");
  demand(options.workers >= 0, "loader: the number of workers must not be negative");
  demand(options.prefetch >= 1, "loader: at least 1 batch must be prefetched");
  demand(options.samples_per_epoch <= 0xFFFFFFFFU, "loader: an epoch holds at most 2^32 samples");
}

void demand_equal_classes(const std::vector<PreparedSet>& sets) {
  for (const auto& set : sets) {
    if (set.classes != sets.front().classes) {
      throw Error(ErrorCode::invalid_argument,
                  "loader: the data sets " + sets.front().images_dir.string() + " and " +
                      set.images_dir.string() + " have different classes in their label.json");
    }
  }
}

std::vector<std::filesystem::path> image_paths(const std::vector<PreparedSet>& sets) {
  std::vector<std::filesystem::path> paths;
  for (const auto& set : sets) {
    for (const auto& record : set.records) paths.push_back(set.images_dir / record.image);
  }
  return paths;
}

using Packs = std::vector<std::shared_ptr<const data::ImagePack>>;

/// The packs of the sets that have one.
Packs open_packs(const std::vector<PreparedSet>& sets) {
  Packs packs;
  for (const auto& set : sets) packs.push_back(data::ImagePack::open(set.images_dir.parent_path()));
  return packs;
}

/// Views of all images that are packed, by record; the others are empty.
std::vector<cv::Mat> packed_images(const std::vector<PreparedSet>& sets, const Packs& packs) {
  std::vector<cv::Mat> images;
  for (std::size_t s = 0; s < sets.size(); ++s)
    for (const auto& record : sets[s].records)
      images.push_back(packs[s] ? packs[s]->find(record.image) : cv::Mat());
  return images;
}

std::vector<ImageRecord> concatenate(std::vector<PreparedSet> sets) {
  std::vector<ImageRecord> records;
  for (auto& set : sets) {
    std::move(set.records.begin(), set.records.end(), std::back_inserter(records));
  }
  return records;
}

cv::Mat checked_image(ImageCache& cache, const std::vector<ImageRecord>& records,
                      std::size_t index) {
  const ImageRecord& record = records[index];
  const cv::Mat image = cache.get(index);
  if (image.cols == record.width && image.rows == record.height) return image;
  throw Error(ErrorCode::format,
              cache.path(index).string() + ": is " + std::to_string(image.cols) + "x" +
                  std::to_string(image.rows) + " pixels, but its record says " +
                  std::to_string(record.width) + "x" + std::to_string(record.height) +
                  "; prepare the data set again");
}

/// All images of the loader, for operations that mix.
class CachePool : public augment::ScenePool {
 public:
  CachePool(ImageCache& cache, const std::vector<ImageRecord>& records)
      : cache_(cache), records_(records) {}
  [[nodiscard]] std::uint32_t size() const override {
    return static_cast<std::uint32_t>(records_.size());
  }
  [[nodiscard]] augment::Scene scene(std::uint32_t index) const override {
    return {checked_image(cache_, records_, index), records_[index].annotations};
  }

 private:
  ImageCache& cache_;
  const std::vector<ImageRecord>& records_;
};

AugmentOptions enlarged(const AugmentOptions& options) {
  AugmentOptions large = options;
  if (large.large_size > 0) large.size = large.large_size;
  return large;
}

}  // namespace

// Tasks, one per sample, take samples in order, and write each to its place in one of `prefetch`
// unfinished batches (a ring). next() waits until the oldest is complete and swaps it out. Without
// workers there is one batch, and next() makes its samples.
struct Loader::Impl {
  struct Slot {
    Batch batch;
    std::size_t missing = 0;    ///< samples not made yet
    std::size_t failed_at = 0;  ///< sample of the reported failure: the first
    std::exception_ptr error;
  };

  /// Reusable memory for making a sample.
  struct Scratch {
    augment::Sample sample;
    augment::CanvasMemory memory;
  };

  const LoaderOptions options;
  const AugmentOptions augment_options;
  const AugmentOptions large_options;  ///< of batches of the other size
  const SampleOrder order;
  const Packs packs;  ///< before the cache, which holds views of them
  ImageCache cache;
  const std::vector<ImageRecord> records;
  const CachePool pool;

  std::mutex mutex;  ///< guards everything below; pixels of a slot belong to its workers while
                     ///< missing > 0
  std::condition_variable batch_ready, all_idle;
  std::vector<Slot> slots;
  std::vector<std::uint32_t> epoch_order;
  std::uint32_t epoch = 0;
  std::size_t epoch_samples = 0;  ///< of this shard; 0 before the first start
  std::size_t next_sample = 0;    ///< the next of them for a worker
  std::size_t next_batch = 0;     ///< the next batch for the consumer
  int busy = 0;                   ///< workers making a sample
  bool started = false;
  std::chrono::steady_clock::duration waited{};
  std::vector<std::unique_ptr<Scratch>> idle_scratch;
  std::optional<base::TaskGroup> workers;  ///< last: its tasks end before the things they use

  Impl(std::vector<PreparedSet> sets, std::vector<float> weights, const LoaderOptions& loader,
       const AugmentOptions& augment)
      : options(loader),
        augment_options(augment),
        large_options(enlarged(augment)),
        order(SampleOrder::of_decks(balanced_decks(sets, loader.balance), std::move(weights),
                                    loader.seed)),
        packs(open_packs(sets)),
        cache(image_paths(sets), loader.cache_mb * 1024 * 1024, packed_images(sets, packs)),
        records(concatenate(std::move(sets))),
        pool(cache, records),
        slots(loader.workers > 0 ? static_cast<std::size_t>(loader.prefetch) : 1) {
    if (batches() == 0) {
      throw Error(ErrorCode::invalid_argument,
                  "loader: an epoch of " + std::to_string(samples()) +
                      " samples is smaller than a batch of " + std::to_string(all_batch_size()) +
                      "; lower the batch size or raise the number of samples per epoch");
    }
    if (options.workers > 0) workers.emplace(options.workers);
  }

  [[nodiscard]] std::size_t batch_size() const {
    return static_cast<std::size_t>(options.batch_size);
  }
  /// Samples in the batches of all shards.
  [[nodiscard]] std::size_t all_batch_size() const {
    return batch_size() * static_cast<std::size_t>(options.shards);
  }
  [[nodiscard]] std::size_t samples() const {
    return options.samples_per_epoch > 0 ? options.samples_per_epoch : order.round_size();
  }
  [[nodiscard]] std::size_t batches() const { return samples() / all_batch_size(); }
  /// Which batches are large depends only on (seed, epoch, batch), so all shards agree.
  [[nodiscard]] const AugmentOptions& options_of(std::size_t batch) const {
    constexpr std::uint32_t stream = 2;
    if (augment_options.large_size <= augment_options.size) return augment_options;
    base::Random random(options.seed, epoch, static_cast<std::uint32_t>(batch), stream);
    return random.chance(augment_options.large_share) ? large_options : augment_options;
  }
  /// Samples per batch: fewer large ones, with about the same number of pixels.
  [[nodiscard]] std::size_t count_of(std::size_t batch) const {
    const auto side = static_cast<std::size_t>(augment_options.size);
    const auto large = static_cast<std::size_t>(options_of(batch).size);
    return std::max<std::size_t>(1, batch_size() * side * side / (large * large));
  }
  [[nodiscard]] Slot& slot_of(std::size_t batch) { return slots[batch % slots.size()]; }

  [[nodiscard]] bool has_work() const {
    return next_sample < epoch_samples && next_sample / batch_size() < next_batch + slots.size();
  }

  /// Prepares an emptied slot for a batch. @pre mutex is held @return number of samples to make
  std::size_t open(std::size_t batch) {
    Slot& slot = slot_of(batch);
    const std::size_t count = count_of(batch);
    const auto side = static_cast<std::size_t>(options_of(batch).size);
    slot.missing = count;
    slot.error = nullptr;
    slot.batch.count = static_cast<int>(count);
    slot.batch.size = static_cast<int>(side);
    slot.batch.pixels.resize(count * side * side * 3);
    slot.batch.annotations.resize(count);
    slot.batch.records.resize(count);
    return count;
  }

  /// Schedules this many samples.
  void order_samples(std::size_t count) {
    if (!workers) return;
    for (std::size_t i = 0; i < count; ++i) workers->add([this](int) { make_one(); });
  }

  /// Makes the next sample, if there is one: a restart may have left tasks over.
  void make_one() {
    std::unique_lock lock(mutex);
    if (!has_work()) return;
    if (idle_scratch.empty()) idle_scratch.push_back(std::make_unique<Scratch>());
    std::unique_ptr<Scratch> scratch = std::move(idle_scratch.back());
    idle_scratch.pop_back();
    take_sample(lock, *scratch);
    idle_scratch.push_back(std::move(scratch));
  }

  /// Makes the oldest batch, on the caller's threads.
  void work_on_batch(std::unique_lock<std::mutex>& held) {
    const std::size_t count = slot_of(next_batch).missing;
    held.unlock();
    base::parallel_for(count, options.threads, [this](std::size_t) { make_one(); });
    held.lock();
  }

  /// Waits until the workers have made the oldest batch.
  void wait_for_batch(std::unique_lock<std::mutex>& held, const Slot& slot) {
    while (slot.missing > 0) {
      held.unlock();
      const bool helped = workers->help();
      held.lock();
      if (!helped) batch_ready.wait(held, [&slot] { return slot.missing == 0; });
    }
  }

  /// Makes the next sample. @pre has_work(); the lock is held, and released meanwhile
  void take_sample(std::unique_lock<std::mutex>& lock, Scratch& scratch) {
    assert(lock.owns_lock() && has_work());
    const std::size_t sample_index = next_sample++;
    // A large batch skips the rest of its positions.
    if (next_sample % batch_size() == count_of(sample_index / batch_size()))
      next_sample = (sample_index / batch_size() + 1) * batch_size();
    Slot& slot = slot_of(sample_index / batch_size());
    ++busy;
    lock.unlock();

    std::exception_ptr error;
    try {
      make(sample_index, slot.batch, scratch.sample, scratch.memory);
    } catch (...) {
      error = std::current_exception();
    }

    lock.lock();
    --busy;
    if (error && (!slot.error || sample_index < slot.failed_at)) {
      slot.error = error;
      slot.failed_at = sample_index;
    }
    if (--slot.missing == 0) batch_ready.notify_one();
    if (busy == 0) all_idle.notify_one();
  }

  /// Makes this shard's n-th sample of the epoch at its place in the batch. Reads `epoch_order` and
  /// `epoch` without the mutex: they change only while no worker is busy.
  void make(std::size_t n, Batch& batch, augment::Sample& sample, augment::CanvasMemory& memory) {
    const std::size_t place = n % batch_size();
    const std::size_t position = n / batch_size() * all_batch_size() +
                                 static_cast<std::size_t>(options.shard) * batch_size() + place;
    const std::uint32_t index = epoch_order[position];
    const cv::Mat image = checked_image(cache, records, index);
    const AugmentOptions& how = options_of(n / batch_size());
    const int side = how.size;
    const auto bytes = static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3;
    sample.image = cv::Mat(side, side, CV_8UC3, batch.pixels.data() + place * bytes);
    base::Random random(options.seed, epoch, static_cast<std::uint32_t>(position));
    const float progress =
        options.epochs > 0 ? static_cast<float>(epoch) / static_cast<float>(options.epochs) : 1;
    augment::augment(image, records[index].annotations, how, random, sample, memory, &pool,
                     progress);
    std::swap(batch.annotations[place], sample.annotations);
    batch.records[place] = index;
  }

  void start(std::uint32_t new_epoch, std::size_t first_batch) {
    if (first_batch > batches()) {
      throw Error(ErrorCode::invalid_argument, "loader: cannot start at batch " +
                                                   std::to_string(first_batch) + " of " +
                                                   std::to_string(batches()));
    }
    auto new_order = order.epoch(new_epoch, batches() * all_batch_size());
    std::unique_lock lock(mutex);
    next_sample = epoch_samples;  // no new work until the busy workers are done
    all_idle.wait(lock, [this] { return busy == 0; });
    epoch_order = std::move(new_order);
    epoch = new_epoch;
    epoch_samples = batches() * batch_size();
    next_batch = first_batch;
    next_sample = first_batch * batch_size();
    const std::size_t last = std::min(batches(), first_batch + slots.size());
    std::size_t opened = 0;
    for (std::size_t batch = first_batch; batch < last; ++batch) opened += open(batch);
    started = true;
    lock.unlock();
    order_samples(opened);
  }

  bool next(Batch& batch) {
    std::unique_lock lock(mutex);
    if (!started) {
      throw Error(ErrorCode::invalid_argument, "loader: start an epoch before asking for a batch");
    }
    if (next_batch == batches()) return false;
    Slot& slot = slot_of(next_batch);
    const auto begin = std::chrono::steady_clock::now();
    if (workers)
      wait_for_batch(lock, slot);
    else
      work_on_batch(lock);
    waited += std::chrono::steady_clock::now() - begin;

    const std::exception_ptr error = std::exchange(slot.error, nullptr);
    if (!error) std::swap(batch, slot.batch);
    const std::size_t following = next_batch + slots.size();
    const std::size_t opened = following < batches() ? open(following) : 0;
    ++next_batch;
    lock.unlock();
    order_samples(opened);
    if (error) std::rethrow_exception(error);
    return true;
  }
};

Loader::Loader(std::vector<PreparedSet> sets, std::vector<float> weights,
               const LoaderOptions& options, const AugmentOptions& augment) {
  validate(options);
  augment::validate(augment);
  demand_equal_classes(sets);
  impl_ = std::make_unique<Impl>(std::move(sets), std::move(weights), options, augment);
}

Loader::~Loader() = default;

std::size_t Loader::batches_per_epoch() const { return impl_->batches(); }

void Loader::start(std::uint32_t epoch, std::size_t first_batch) {
  impl_->start(epoch, first_batch);
}

bool Loader::next(Batch& batch) { return impl_->next(batch); }

double Loader::waited_seconds() const {
  const std::lock_guard lock(impl_->mutex);
  return std::chrono::duration<double>(impl_->waited).count();
}

}  // namespace faceshot::loader
