// Sums the gradients of several processes while the backward pass is still running. No Torch here.
#pragma once

#include <cstddef>
#include <memory>

#include "train/distributed/process_group.hpp"

namespace faceshot::model {
class TorchNetwork;
}

namespace faceshot::train {

/// Collects the gradients of a network's parameters in flat buckets, last layer first, which is
/// roughly the order in which the backward pass yields them. A bucket is sent as soon as it is full
/// and its predecessors have been sent, while earlier layers are still computing (S. Li et al.,
/// "PyTorch Distributed: Experiences on Accelerating Data Parallel Training", VLDB 2020, section
/// 3.2.3).
///
/// The gradients are summed, not averaged: the loss of each process is already divided by the count
/// of all (shared_loss.hpp). The sums are the same in all processes, bit for bit, and reproducible.
/// One thread.
class GradientBuckets {
 public:
  /// Watches the parameters that require gradients now; if other parameters are to be trained, make
  /// new buckets.
  /// @param network, @param group must outlive this
  /// @param bucket_bytes a bucket is closed when it has reached this size; at least one parameter
  /// each
  GradientBuckets(const model::TorchNetwork& network, ProcessGroup& group,
                  std::size_t bucket_bytes = 1U << 18U);
  ~GradientBuckets();
  GradientBuckets(const GradientBuckets&) = delete;
  GradientBuckets& operator=(const GradientBuckets&) = delete;

  /// Buckets that one backward pass fills; 0 if nothing is trained.
  [[nodiscard]] std::size_t count() const;

  /// After the single backward pass of a step, before which all gradients were undefined or zero:
  /// waits for the sums and writes them to the gradients. A parameter that the pass has not reached
  /// keeps its gradient; these must be the same parameters in all processes.
  /// @throws Error(io) as ProcessGroup. An error inside the backward pass is thrown from there.
  void finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::train
