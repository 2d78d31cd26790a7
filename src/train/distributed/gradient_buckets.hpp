// Gradients of several processes, added up while the backward pass still runs. No Torch here.
#pragma once

#include <cstddef>
#include <memory>

#include "train/distributed/process_group.hpp"

namespace faceshot::model {
class TorchNetwork;
}

namespace faceshot::train {

/// Collects the gradients of a network's parameters in flat buckets, last layer first, which is
/// roughly the order in which the backward pass yields them. A bucket that is full, and whose
/// predecessors are on their way, is sent while earlier layers still work (S. Li et al., "PyTorch
/// Distributed: Experiences on Accelerating Data Parallel Training", VLDB 2020, section 3.2.3).
///
/// The gradients are added, not averaged: the loss of each process is already divided by the count
/// of all (shared_loss.hpp). The same sums come out in all processes, bit for bit, and again in
/// another run. One thread.
class GradientBuckets {
 public:
  /// Watches the parameters that require gradients now; when others are to learn, make new buckets.
  /// @param network, @param group must outlive this
  /// @param bucket_bytes a bucket is closed when it holds as many; at least one parameter each
  GradientBuckets(const model::TorchNetwork& network, ProcessGroup& group,
                  std::size_t bucket_bytes = 1U << 18U);
  ~GradientBuckets();
  GradientBuckets(const GradientBuckets&) = delete;
  GradientBuckets& operator=(const GradientBuckets&) = delete;

  /// Buckets that one backward pass fills; 0 if nothing learns.
  [[nodiscard]] std::size_t count() const;

  /// After the one backward pass of a step, which found all gradients undefined or zero: waits for
  /// the sums and writes them to the gradients. A parameter that the pass has not reached keeps
  /// what it has; it must be the same ones in all processes.
  /// @throws Error(io) as ProcessGroup. An error inside the backward pass comes out of that.
  void finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::train
