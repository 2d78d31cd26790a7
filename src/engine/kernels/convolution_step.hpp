// Convolutions of our own: each goes over its image in runs of pixels so short that what is
// computed between two layers is read again before it leaves the nearest caches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "engine/graph.hpp"
#include "engine/kernels/isa.hpp"

namespace faceshot::engine {

/// Immutable once made: any number of threads may run parts of it.
class ConvolutionStep {
 public:
  ConvolutionStep() = default;
  virtual ~ConvolutionStep() = default;
  ConvolutionStep(const ConvolutionStep&) = delete;
  ConvolutionStep& operator=(const ConvolutionStep&) = delete;

  struct Buffers {
    const float* in = nullptr;      ///< channels last, but for first_convolution_step
    const float* addend = nullptr;  ///< of the output's shape, where the node adds an input
    float* out = nullptr;           ///< channels last
    float* scratch = nullptr;       ///< scratch_floats(), each part its own; aligned to 64 bytes
  };
  /// Computes one of `parts` parts of the output; all of them make it whole, in any order.
  virtual void run(const Buffers& buffers, int part, int parts) const = 0;

  [[nodiscard]] virtual std::size_t scratch_floats() const = 0;
  [[nodiscard]] virtual std::size_t weight_bytes() const = 0;
  /// For tables: "rows avx512".
  [[nodiscard]] virtual std::string kernel() const = 0;
};

using ConvolutionStepPtr = std::unique_ptr<const ConvolutionStep>;

/// How a step is computed.
struct StepOptions {
  bool bfloat16 = false;  ///< products of convolutions in bfloat16, where the level has it
  Isa level = isa();      ///< of instructions; at most what the CPU has
};

/// @param node is_pointwise
/// @param in, out NCHW shapes (also below)
[[nodiscard]] ConvolutionStepPtr pointwise_step(const Node& node, const Shape& in,
                                                const StepOptions& options);

/// A depthwise convolution and the pointwise one that reads it, together.
/// @param depthwise is_depthwise @param pointwise is_pointwise, may add an input
[[nodiscard]] ConvolutionStepPtr depthwise_pointwise_step(const Node& depthwise,
                                                          const Node& pointwise, const Shape& in,
                                                          const Shape& out,
                                                          const StepOptions& options);

/// A pointwise convolution and the depthwise one that reads it, together.
/// @param pointwise is_pointwise and adds no input @param depthwise is_depthwise
[[nodiscard]] ConvolutionStepPtr pointwise_depthwise_step(const Node& pointwise,
                                                          const Node& depthwise, const Shape& in,
                                                          const Shape& out,
                                                          const StepOptions& options);

/// True for a 3x3 convolution with stride 2 of an image with three planes, that row kernels can do.
[[nodiscard]] bool is_first_convolution(const Node& node);

/// Reads planes (NCHW) and writes channels last.
/// @param node is_first_convolution
[[nodiscard]] ConvolutionStepPtr first_convolution_step(const Node& node, const Shape& in,
                                                        const Shape& out,
                                                        const StepOptions& options);

}  // namespace faceshot::engine
