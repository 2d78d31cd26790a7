// Batches for training: decoded images cached in memory, augmented by worker threads. Order and
// randomness depend only on (seed, epoch, index): never on the number of threads, on timing, or on
// where the run was resumed.
//
// The order of records is SampleOrder's (sample_order.hpp). The sample at position i of epoch e is
// augmented with Random(seed, e, i, 0). Loaders of several processes share the positions.
//
// Samples are tasks on the executor (base/executor.hpp); the code that they call starts no further
// threads. OpenCV's own pool belongs to the whole program, which should call cv::setNumThreads(1)
// so that decoders stay on their thread too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "augment/policies/augmenter.hpp"
#include "data/prepared/prepared.hpp"

namespace faceshot::loader {

struct LoaderOptions {
  int batch_size = 32;  ///< of this shard
  /// Index of this loader among `shards` loaders that share the work. Together they deliver what
  /// one loader with shards * batch_size would: shard r has the samples [r * batch_size, (r + 1) *
  /// batch_size) of each of its batches, with the same randomness.
  int shard = 0;
  int shards = 1;
  /// Threads that decode and augment, >= 0. They prepare batches ahead, and compete with other
  /// computation; with 0, next() prepares its batch itself, on `threads` threads.
  int workers = 1;
  int threads = 1;
  std::size_t cache_mb = 8192;  ///< limit of the cache of decoded images
  std::uint64_t seed = 1;
  std::size_t samples_per_epoch = 0;  ///< 0: one per record; otherwise dealt in rounds over all
                                      ///< records
  float balance = 0;  ///< balanced_decks()'s `rare`: classes in a smaller share of the images are
                      ///< repeated
  int epochs = 0;  ///< of the whole training, for policies that change over it; 0: use their final
                   ///< state
  int prefetch = 4;  ///< batches prepared ahead
};

/// One batch of images of the same size, in the order of the network's input after a permute (N, H,
/// W, C with C = BGR).
struct Batch {
  int count = 0;  ///< number of images: the batch size, or fewer at AugmentOptions::large_size;
                  ///< epochs have full batches only
  int size = 0;   ///< side of each image
  std::vector<std::uint8_t> pixels;                            ///< count * size * size * 3
  std::vector<std::vector<geometry::Annotation>> annotations;  ///< per image
  std::vector<std::uint32_t> records;  ///< which record each image came from
};

/// Source of batches, epoch by epoch. One consumer thread; workers are the loader's own. Samples
/// that do not fill a batch at the end of an epoch come first in the next one. May be destroyed or
/// restarted at any moment; both wait only for samples in progress (milliseconds).
class Loader {
 public:
  /// @param sets concatenated in this order; records index into the concatenation
  /// @param weights how often each set is seen per round, e.g. {1, 0.5}; empty: once each
  /// @throws Error(invalid_argument) for impossible options or weights, sets with different
  /// classes,
  ///         or too few records for one batch
  Loader(std::vector<data::PreparedSet> sets, std::vector<float> weights,
         const LoaderOptions& options, const augment::AugmentOptions& augment);
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  [[nodiscard]] std::size_t batches_per_epoch() const;  ///< >= 1; per shard

  /// Begins an epoch at a batch (for exact resume); drops prefetched batches. Call it before the
  /// first next() and for every epoch.
  /// @throws Error(invalid_argument) if first_batch > batches_per_epoch()
  void start(std::uint32_t epoch, std::size_t first_batch = 0);

  /// Next batch of the epoch into `batch` (its buffers are reused); false at the end of the epoch.
  /// @throws Error of a worker, naming the file: an image that is missing or damaged, or whose size
  ///         differs from its record. That batch is lost; the next call continues with the one
  ///         after
  ///         it. Of several errors in a batch the first sample's is thrown.
  bool next(Batch& batch);

  /// Seconds that next() has waited, or worked, since construction: the time that the network was
  /// idle.
  [[nodiscard]] double waited_seconds() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::loader
