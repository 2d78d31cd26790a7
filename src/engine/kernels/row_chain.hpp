// Successive row stages, computed together: a few rows of the last one at a time, and of the others
// only the rows that these need. Between stages are rings of a few rows, which stay in the cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/kernels/row_stage.hpp"
#include "faceshot/input_rows.hpp"

namespace faceshot::engine {

/// Immutable: any number of threads may run parts of it.
class RowChain {
 public:
  struct Link {
    RowStagePtr stage;
    std::int64_t out_row_floats = 0;
    /// Whether the stage adds something: its own input, or a tensor from outside the chain.
    enum class Adds : std::uint8_t { nothing, input, outside } adds = Adds::nothing;
    std::int64_t addend_row_floats = 0, addend_height = 1;  ///< of a tensor from outside
  };

  /// @param parts that run() will be called with; each recomputes the rows it needs at its border
  /// @param in_row_floats of the first stage's input
  RowChain(std::vector<Link> links, std::int64_t in_row_floats, int parts, base::Isa level);

  struct Buffers {
    const float* in = nullptr;
    std::vector<const float*> addends;  ///< for each link; null unless it adds a tensor from
                                        ///< outside
    float* out = nullptr;
    /// Where to find the object that makes the input's rows; if either pointer is null, `in` holds
    /// them.
    const InputRows* const* rows = nullptr;
    float* scratch = nullptr;  ///< scratch_floats() per worker, one after another
  };
  /// Computes one part of the last stage's output. All parts together are the whole output; their
  /// order does not matter.
  /// @param worker differs between concurrent calls
  void run(const Buffers& buffers, int part, int worker) const;

  [[nodiscard]] std::size_t scratch_floats() const { return scratch_floats_; }
  [[nodiscard]] std::size_t weight_bytes() const;
  /// For tables: "rows:avx512_bf16".
  [[nodiscard]] std::string kernel() const;

 private:
  /// Calls compute(link, rows) for one part, in an order in which everything needed is available.
  template <class Compute>
  void walk(int part, std::int64_t band, const Compute& compute) const;
  void choose_band();
  [[nodiscard]] std::vector<std::int64_t> ring_rows(std::int64_t band) const;

  std::vector<Link> links_;
  std::int64_t in_row_floats_;
  int parts_;
  base::Isa level_;
  std::int64_t band_ = 1;             ///< rows of the last stage computed at a time
  std::vector<std::int64_t> rings_;   ///< rows kept after each link but the last
  std::vector<std::size_t> offsets_;  ///< of the rings in the scratch memory
  std::size_t stage_scratch_ = 0, scratch_floats_ = 0;
};

}  // namespace faceshot::engine
