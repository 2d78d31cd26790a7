// Batches for training: decoded images cached in memory, augmented by worker threads, in an order
// and with randomness that depend on (seed, epoch, index) alone: never on the number of threads, on
// timing, or on where the run was resumed.
//
// The order of records is SampleOrder's (sample_order.hpp). The sample at position i of epoch e is
// augmented with Random(seed, e, i, 0). Loaders of several processes share the positions.
//
// Samples are made by tasks on the executor (base/executor.hpp); what they call starts no further
// threads. OpenCV's own pool is the whole program's: the program should call cv::setNumThreads(1)
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
  /// Of `shards` loaders that share the work, which this is. Together they give what one loader
  /// with shards * batch_size would: shard r has the samples [r * batch_size, (r + 1) * batch_size)
  /// of each of its batches, with the same randomness.
  int shard = 0;
  int shards = 1;
  /// Threads that decode and augment, >= 0. They make batches ahead, and compete with whoever
  /// computes meanwhile; with 0, next() makes its batch itself, on `threads` threads.
  int workers = 1;
  int threads = 1;
  std::size_t cache_mb = 8192;  ///< bound of the cache of decoded images
  std::uint64_t seed = 1;
  std::size_t samples_per_epoch = 0;  ///< 0: one a record; else dealt in rounds over all records
  float balance = 0;  ///< balanced_decks()'s `rare`: classes in a smaller share of the images are
                      ///< seen more often
  int epochs = 0;  ///< of the whole training, for policies that change as it continues; 0: they are
                   ///< as at its end
  int prefetch = 4;  ///< batches that workers make ahead
};

/// One batch, all of whose images have one size: pixels as the network takes them after a permute
/// (N, H, W, C with C = BGR).
struct Batch {
  int count = 0;  ///< images in it: the batch size, or fewer of AugmentOptions::large_size; epochs
                  ///< have full batches only
  int size = 0;   ///< side of each image
  std::vector<std::uint8_t> pixels;                            ///< count * size * size * 3
  std::vector<std::vector<geometry::Annotation>> annotations;  ///< per image
  std::vector<std::uint32_t> records;  ///< which record each image came from
};

/// Source of batches, epoch by epoch. One consumer thread; workers are the loader's own. Samples
/// that fill no whole batch at an epoch's end come first in the next epoch. May be destroyed or
/// started again at any moment; both wait for samples in the making (milliseconds), no longer.
class Loader {
 public:
  /// @param sets concatenated in this order; records index into the concatenation
  /// @param weights how often each set is seen a round, e.g. {1, 0.5}; empty: once each
  /// @throws Error(invalid_argument) for impossible options or weights, sets whose classes differ,
  ///         or too few records for one batch
  Loader(std::vector<data::PreparedSet> sets, std::vector<float> weights,
         const LoaderOptions& options, const augment::AugmentOptions& augment);
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  [[nodiscard]] std::size_t batches_per_epoch() const;  ///< >= 1; of each shard

  /// Begins an epoch at a batch (for exact resume); drops what was prefetched. To be called before
  /// the first next() and for every epoch.
  /// @throws Error(invalid_argument) if first_batch > batches_per_epoch()
  void start(std::uint32_t epoch, std::size_t first_batch = 0);

  /// Next batch of the epoch into `batch` (its buffers are reused); false at the epoch's end.
  /// @throws Error of a worker, naming the file: an image that is missing or damaged, or of another
  ///         size than its record says. The batch it was meant for is lost; the next call continues
  ///         with the one after it. Of several errors in a batch the first sample's is thrown.
  bool next(Batch& batch);

  /// Seconds that next() has waited, or worked, since construction: so long the network had nothing
  /// to do.
  [[nodiscard]] double waited_seconds() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::loader
