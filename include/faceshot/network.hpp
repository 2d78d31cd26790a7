// The inference engine: an ONNX file, optimised once, run on the CPU.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace faceshot {
inline namespace v0_1 {

class InputRows;       // faceshot/input_rows.hpp
class ParallelRunner;  // faceshot/parallel_runner.hpp

/// A float32 tensor of a session; NCHW for images. Both views are valid as long as the session
/// lives.
struct TensorView {
  std::span<const float> data;  ///< row-major, as many as given by the shape
  std::span<const std::int64_t> shape;

  [[nodiscard]] std::size_t size() const noexcept { return data.size(); }
};

/// A loaded and optimised network. Immutable after loading: any number of threads may run it at
/// once, each through its own Session. It is never empty: copies share it, and a move is a copy.
class Network {
 public:
  Network(const Network&) = default;
  Network& operator=(const Network&) = default;

  /// @throws Error(not_found) no such file; Error(format) not ONNX, or damaged;
  /// Error(unsupported) an unsupported operator or attribute, with node name
  [[nodiscard]] static Network load(const std::string& path);
  [[nodiscard]] static Network from_bytes(std::span<const std::byte> onnx,
                                          const std::string& name_for_messages);

  [[nodiscard]] const std::vector<std::string>& inputs() const;   ///< names
  [[nodiscard]] const std::vector<std::string>& outputs() const;  ///< names
  /// `metadata_props` of the file.
  [[nodiscard]] const std::map<std::string, std::string>& metadata() const;
  /// Declared shape of an input; -1 where it is dynamic.
  [[nodiscard]] std::vector<std::int64_t> input_shape(const std::string& name) const;

 private:
  friend class Session;
  struct Impl;
  explicit Network(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

  std::shared_ptr<const Impl> impl_;  ///< never null
};

/// One step of a session's plan: an operator of the network with whatever is fused into it, or a
/// copy for a change of layout.
struct PlanStep {
  std::string operation;            ///< "Conv 3x3/2 + Relu" (stride 2), "to channels first"
  std::string node;                 ///< name of the node (or graph output) it belongs to
  std::vector<std::int64_t> shape;  ///< of its output
  std::string kernel;               ///< oneDNN's name, or ours: "jit:avx512_core", "strided copy"
  double flop = 0;                  ///< of convolutions and matrix products; 0 for others
  std::size_t bytes_read = 0;       ///< tensors, weights and bias
  std::size_t bytes_written = 0;
};

/// How numbers are multiplied. Tensors between layers, and all sums, are float32 in any case.
enum class Precision : std::uint8_t {
  fp32,
  bf16,  ///< products of convolutions in bfloat16 (8 bits of mantissa) where that is faster
};

/// True if this CPU has bfloat16 instructions (AVX512_BF16).
[[nodiscard]] bool has_bf16();

/// An upper bound on useful thread counts.
inline constexpr int most_threads = 1024;

struct SessionOptions {
  /// CPU threads for one run, 1 to most_threads; more than the number of processors make it
  /// slower. If the system provides fewer, those do the work.
  int threads = 1;
  Precision precision = Precision::fp32;  ///< bf16 means fp32 if has_bf16() is false
  /// The host application's threads; null: FaceShot's own (faceshot/parallel_runner.hpp).
  std::shared_ptr<ParallelRunner> runner = nullptr;
};

/// One network planned for one input shape: kernels chosen, all memory allocated. Runs without
/// allocating. Not thread safe: use one Session per thread. A moved-from object can only be
/// assigned to or destroyed.
class Session {
 public:
  /// @param shape NCHW of the (only) image input
  /// @param network shared by the session
  /// @param options see there
  /// @throws Error(invalid_argument) if the network cannot take this shape, or the number of
  /// threads is invalid; Error(resource_exhausted) if there is no memory
  Session(const Network& network, const std::vector<std::int64_t>& shape,
          const SessionOptions& options = {});
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  /// Where to write the input (NCHW, `shape` floats) before run().
  [[nodiscard]] std::span<float> input();
  void run();
  /// As run(), with the input's rows from where `rows` makes them; input() is left as it is or
  /// written to, as the network's first layer wants it. For networks that take an image of three
  /// planes.
  /// @throws what `rows` throws; outputs are without meaning then, and the session may run again
  void run(const InputRows& rows);
  /// What run() does, in order. Nodes that cost nothing (a reshape, a concatenation whose parts are
  /// computed in place) have no step.
  [[nodiscard]] const std::vector<PlanStep>& steps() const;
  /// As run(), and takes the time of each step, which itself costs some 50 ns a step.
  /// @param milliseconds receives as many values as steps() has
  /// @throws Error(invalid_argument) if it is of another size
  void run_timed(std::span<double> milliseconds);
  /// Output by name, valid until the next run(), which writes to the same address again.
  /// @throws Error(not_found)
  [[nodiscard]] TensorView output(const std::string& name) const;
  /// Shape of any tensor of the (original) graph for this input shape: feature-map sizes for
  /// priors.
  /// @throws Error(not_found)
  [[nodiscard]] std::vector<std::int64_t> tensor_shape(const std::string& name) const;
  [[nodiscard]] std::size_t memory_bytes() const;  ///< all buffers of this session
  [[nodiscard]] double flop() const;               ///< floating-point operations of one run

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace v0_1
}  // namespace faceshot
