// Sums over processes on one machine, in memory that they share. No Torch here.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace faceshot::train {

/// Adds up small arrays of processes on one machine. A sum over TCP takes as long as it takes to
/// wake up several threads, and BatchNorm wants one from every layer, forward and backward; here
/// the processes look at each other's progress, and go to sleep only if that takes long.
///
/// All processes make the same calls in the same order. One thread each.
class LocalSum {
 public:
  /// A sum's numbers, at most.
  static constexpr std::size_t capacity = 8192;

  /// Memory for `size` processes under a new name; to be opened by all of them, this one included.
  /// @return the name; empty where there is no shared memory
  [[nodiscard]] static std::string create(int size);

  /// Forgets the name: the memory ends with the last process. To be called by the one that
  /// created it, when all have opened it, or will not.
  static void forget(const std::string& name);

  /// @return null if this process cannot get at the memory
  [[nodiscard]] static std::unique_ptr<LocalSum> open(const std::string& name, int rank, int size);

  ~LocalSum();
  LocalSum(const LocalSum&) = delete;
  LocalSum& operator=(const LocalSum&) = delete;

  /// The first rank that is no more; -1 if all are alive.
  [[nodiscard]] int ended_rank() const;

  /// Why a sum did not come about.
  struct Missing {
    int rank = -1;       ///< who has not come; -1: all have
    bool ended = false;  ///< whether it is no more
  };

  /// Replaces the values by their sums, added up by rank: the same bits in all processes.
  /// @pre values.size() <= capacity
  /// @param patience for one that neither comes nor ends
  [[nodiscard]] Missing sum(std::span<double> values, std::chrono::milliseconds patience);

 private:
  struct Memory;
  LocalSum(Memory* memory, int rank, int size);

  Memory* memory_;
  int rank_, size_;
  std::uint64_t sums_ = 0;
};

}  // namespace faceshot::train
