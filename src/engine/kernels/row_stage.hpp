// Layers that are computed row by row, so that several successive ones can pass over an image
// together (row_chain.hpp): intermediate rows are read again before they leave the caches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/simd/isa.hpp"
#include "engine/graph/graph.hpp"
#include "faceshot/input_rows.hpp"

namespace faceshot::engine {

/// How row stages are computed.
struct RowOptions {
  bool bfloat16 = false;          ///< multiply in bfloat16 in convolutions, if the level has it
  base::Isa level = base::isa();  ///< of instructions; at most what the CPU has
};

/// Rows [begin, end).
struct RowRange {
  std::int64_t begin = 0, end = 0;
};

/// An image's rows, channels last: all of them, or the last few in a ring in which row y replaces
/// row y - kept.
template <class Float>
struct RowBuffer {
  Float* base = nullptr;
  std::int64_t row_floats = 0;
  std::int64_t kept = 1;  ///< the image's height, or the ring's

  [[nodiscard]] Float* row(std::int64_t y) const { return base + y % kept * row_floats; }
  /// The first row after y that does not follow its predecessor in memory.
  [[nodiscard]] std::int64_t wraps(std::int64_t y) const { return (y / kept + 1) * kept; }
};

/// Immutable: any number of threads may run it.
class RowStage {
 public:
  /// Which input rows an output row depends on: a sliding window.
  struct Walk {
    std::int64_t kernel = 1, stride = 1, top = 0;  ///< top: rows of padding
    std::int64_t in_height = 0, out_height = 0;
  };

  explicit RowStage(const Walk& walk) : walk_(walk) {}
  virtual ~RowStage() = default;
  RowStage(const RowStage&) = delete;
  RowStage& operator=(const RowStage&) = delete;

  struct Buffers {
    RowBuffer<const float> in;
    /// Of the output's shape, or half of it for upsample_add_stage; base is null if nothing is
    /// added.
    RowBuffer<const float> addend;
    RowBuffer<float> out;
    const InputRows* rows = nullptr;  ///< first_stage: makes the rows that `in` would hold
    int worker = 0;                   ///< passed to `rows`
    float* scratch = nullptr;         ///< scratch_floats(), aligned to 64 bytes
  };
  /// Computes rows of the output; the input rows from needs() must be available.
  virtual void run(const Buffers& buffers, RowRange rows) const = 0;

  [[nodiscard]] RowRange needs(RowRange rows) const;
  [[nodiscard]] const Walk& walk() const { return walk_; }
  [[nodiscard]] virtual std::size_t scratch_floats() const { return 0; }
  [[nodiscard]] virtual std::size_t weight_bytes() const { return 0; }
  [[nodiscard]] virtual bool multiplies_bfloat16() const { return false; }

 protected:
  Walk walk_;
};

using RowStagePtr = std::unique_ptr<const RowStage>;

/// True for nodes that row_stage() accepts. First convolutions read planes (NCHW), all others
/// channels last.
[[nodiscard]] bool has_row_stage(const Node& node);
/// @param in, out NCHW shapes of one image (also below)
[[nodiscard]] RowStagePtr row_stage(const Node& node, const Shape& in, const Shape& out,
                                    const RowOptions& options);

/// True for a 3x3 convolution with stride 2 of an image with three planes that row kernels can
/// compute.
[[nodiscard]] bool is_first_convolution(const Node& node);
/// True for max-pooling without padding.
[[nodiscard]] bool is_row_pooling(const Node& node);

[[nodiscard]] RowStagePtr first_stage(const Node& node, const Shape& in, const Shape& out,
                                      const RowOptions& options);
[[nodiscard]] RowStagePtr pointwise_stage(const Node& node, const Shape& in,
                                          const RowOptions& options);
[[nodiscard]] RowStagePtr depthwise_stage(const Node& node, const Shape& in, const Shape& out,
                                          const RowOptions& options);
/// A depthwise convolution and the pointwise convolution that reads it, pixel by pixel.
[[nodiscard]] RowStagePtr depthwise_pointwise_stage(const Node& depthwise, const Node& pointwise,
                                                    const Shape& in, const Shape& out,
                                                    const RowOptions& options);
/// The sum of a map and one of half its height and width, each pixel of which is used four times.
[[nodiscard]] RowStagePtr upsample_add_stage(const Shape& in, const RowOptions& options);
[[nodiscard]] RowStagePtr max_pool_stage(const Node& node, const Shape& in, const Shape& out,
                                         const RowOptions& options);

/// One row of each of three planes. @param first row of the first plane, @param plane floats from
/// one plane to the next, @param width floats of a row
[[nodiscard]] inline InputRows::Planes row_of_planes(float* first, std::int64_t plane,
                                                     std::int64_t width) {
  const auto row = static_cast<std::size_t>(width);
  return {std::span(first, row), std::span(first + plane, row), std::span(first + 2 * plane, row)};
}

}  // namespace faceshot::engine
