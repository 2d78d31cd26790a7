// Sums over processes on one machine, in shared memory. No Torch here.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace faceshot::train {

/// Sums small arrays over processes on one machine. A sum over TCP takes as long as waking several
/// threads, and BatchNorm needs one for every layer, forward and backward; here the processes poll
/// each other's progress, and sleep only if that takes long.
///
/// All processes make the same calls in the same order. One thread each.
class LocalSum {
 public:
  /// Maximum number of values per sum.
  static constexpr std::size_t capacity = 8192;

  /// Creates memory for `size` processes under a new name; all of them open it, including this one.
  /// @return the name; empty if shared memory is not available
  [[nodiscard]] static std::string create(int size);

  /// Removes the name: the memory is freed with the last process. The creator calls it when
  /// all have opened the memory, or will not.
  static void forget(const std::string& name);

  /// @return null if this process cannot access the memory
  [[nodiscard]] static std::unique_ptr<LocalSum> open(const std::string& name, int rank, int size);

  ~LocalSum();
  LocalSum(const LocalSum&) = delete;
  LocalSum& operator=(const LocalSum&) = delete;

  /// The first rank whose process has ended; -1 if all are alive.
  [[nodiscard]] int ended_rank() const;

  /// Why a sum failed.
  struct Missing {
    int rank = -1;       ///< the missing process; -1: none
    bool ended = false;  ///< whether it has ended
  };

  /// Replaces the values by their sums, added in rank order: the same bits in all processes.
  /// @pre values.size() <= capacity
  /// @param patience for a process that neither arrives nor ends
  [[nodiscard]] Missing sum(std::span<double> values, std::chrono::milliseconds patience);

 private:
  struct Memory;
  LocalSum(Memory* memory, int rank, int size);

  Memory* memory_;
  int rank_, size_;
  std::uint64_t sums_ = 0;
};

}  // namespace faceshot::train
