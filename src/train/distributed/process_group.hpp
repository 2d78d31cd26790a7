// Training processes that communicate over TCP: LibTorch's c10d with Gloo. No Torch here.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "train/distributed/process_environment.hpp"

namespace faceshot::train {

struct ProcessGroupOptions {
  std::chrono::seconds connect{300};  ///< for all processes to arrive
  /// For the others' answer to one operation: a process whose machine or network has failed is
  /// never heard from again. A process that merely ended is noticed immediately.
  std::chrono::seconds answer{40};
  std::string advice = {};  ///< what to do if contact is lost, the end of the message
};

/// The processes of a run. All processes must call every communicating member in the same order
/// with the same sizes; calls wait for the others. One thread at a time.
///
/// All throw Error(io) "lost contact with rank 1 of 2 ..." if another process ends, or does not
/// answer in time; the group is unusable afterwards.
class ProcessGroup {
 public:
  /// Connects to the others. @pre environment.size >= 2
  /// @throws Error(io) naming the ranks that have not arrived in time, or saying that the address
  /// cannot
  ///         be reached or the port is in use
  explicit ProcessGroup(const ProcessEnvironment& environment,
                        const ProcessGroupOptions& options = {});
  ~ProcessGroup();
  ProcessGroup(const ProcessGroup&) = delete;
  ProcessGroup& operator=(const ProcessGroup&) = delete;

  [[nodiscard]] int rank() const;
  [[nodiscard]] int size() const;

  /// Returns when all processes have called it.
  void barrier();

  /// Copies the values of rank 0 to all processes.
  void broadcast(std::span<float> values);
  void broadcast(std::span<double> values);
  void broadcast(std::span<std::uint8_t> values);

  /// Replaces the values by their sums over the processes: the same bits in all of them.
  void sum(std::span<float> values);
  void sum(std::span<double> values);

  /// A sum in progress. Do not touch its values until wait() has returned; the destructor waits as
  /// well.
  class Pending {
   public:
    Pending();
    ~Pending();
    Pending(Pending&&) noexcept;
    Pending& operator=(Pending&&) noexcept;
    /// Returns when the values are the sums; immediately if no sum is in progress.
    /// @throws as sum()
    void wait();

   private:
    friend class ProcessGroup;
    struct Impl;
    std::unique_ptr<Impl> impl_;
  };

  /// Starts sum(values) and returns; the group's own threads compute it, several at a time. The
  /// order of these calls, not that of wait(), must be the same in all processes.
  [[nodiscard]] Pending start_sum(std::span<float> values);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::train
