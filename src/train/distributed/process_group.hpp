// Training processes that work together, over TCP: c10d of LibTorch with Gloo. No Torch here.
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
  /// For an answer of the others to one operation: of a process whose machine or network died
  /// nothing else is ever heard. One that only ended is noticed at once.
  std::chrono::seconds answer{40};
  std::string advice = {};  ///< what to do once contact is lost, at the end of the message
};

/// The processes of a run. Every member that communicates has to be called by all processes in the
/// same order with the same sizes, and waits for the others. One thread at a time.
///
/// All throw Error(io) "lost contact with rank 1 of 2 ..." if another process ends, or does not
/// answer in time; the group is then of no more use.
class ProcessGroup {
 public:
  /// Meets the others. @pre environment.size >= 2
  /// @throws Error(io) that names the ranks which have not come in time, or says that the address
  ///         cannot be reached or the port is taken
  explicit ProcessGroup(const ProcessEnvironment& environment,
                        const ProcessGroupOptions& options = {});
  ~ProcessGroup();
  ProcessGroup(const ProcessGroup&) = delete;
  ProcessGroup& operator=(const ProcessGroup&) = delete;

  [[nodiscard]] int rank() const;
  [[nodiscard]] int size() const;

  /// Returns when all processes have come here.
  void barrier();

  /// Gives all processes the values of rank 0.
  void broadcast(std::span<float> values);
  void broadcast(std::span<double> values);
  void broadcast(std::span<std::uint8_t> values);

  /// Replaces the values by their sums over the processes: the same bits on all of them.
  void sum(std::span<float> values);
  void sum(std::span<double> values);

  /// A sum under way. Its values are to be left alone until wait() has returned; the destructor
  /// waits as well.
  class Pending {
   public:
    Pending();
    ~Pending();
    Pending(Pending&&) noexcept;
    Pending& operator=(Pending&&) noexcept;
    /// Returns when the values are the sums; at once without a sum under way.
    /// @throws as sum()
    void wait();

   private:
    friend class ProcessGroup;
    struct Impl;
    std::unique_ptr<Impl> impl_;
  };

  /// Begins sum(values) and returns; the group's own threads do it, several at a time. The order of
  /// these calls, not that of wait(), is what all processes must have in common.
  [[nodiscard]] Pending start_sum(std::span<float> values);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::train
