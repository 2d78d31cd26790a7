// The order of records: a function of (seed, epoch) only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace faceshot::loader {

/// The endless, shuffled sequence of records of several sets, dealt out epoch by epoch.
///
/// A round takes round(weight * size) records of each set and shuffles them together. Each set is
/// dealt from its own endless deck, every pass of which is a new permutation of the whole set, so
/// that with weight 0.5 two rounds see every record once. Epochs follow one another in this
/// sequence without a gap: if an epoch is not a whole number of rounds, the next continues where it
/// ended, and in the long run all records of a set are seen equally often. Immutable after
/// construction, so thread safe.
class SampleOrder {
 public:
  /// @param sizes records of each set; @param weights of each set, empty for 1
  /// @throws Error(invalid_argument) for a weight that is negative, non-finite, or above 0 yet so
  ///         small that it rounds to no record; for weights that do not match the sets; if no
  ///         record is left
  SampleOrder(const std::vector<std::size_t>& sizes, std::vector<float> weights,
              std::uint64_t seed);

  /// The same for records with different frequencies.
  /// @param decks of each set, its records as indices into the concatenation of the sets; one that
  /// is
  ///        listed twice is seen twice as often
  [[nodiscard]] static SampleOrder of_decks(std::vector<std::vector<std::uint32_t>> decks,
                                            std::vector<float> weights, std::uint64_t seed);

  /// Records per round: the default number of samples per epoch.
  [[nodiscard]] std::size_t round_size() const noexcept { return round_size_; }

  /// Records of the samples at [epoch * length, (epoch + 1) * length) of the sequence; as indices
  /// into the concatenation of the sets.
  [[nodiscard]] std::vector<std::uint32_t> epoch(std::uint32_t epoch, std::size_t length) const;

 private:
  struct Decks {
    std::vector<std::vector<std::uint32_t>> of;
  };
  SampleOrder(Decks decks, std::vector<float> weights, std::uint64_t seed);
  [[nodiscard]] std::vector<std::uint32_t> round(std::uint32_t number) const;

  std::vector<std::vector<std::uint32_t>> decks_;
  std::vector<std::size_t> quotas_;  ///< records of each set in a round
  std::uint64_t seed_;
  std::size_t round_size_ = 0;
};

}  // namespace faceshot::loader
