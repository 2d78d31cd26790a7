// A graph made executable for one input shape: optimised for it, layouts chosen, oneDNN primitives
// built, all memory placed.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

#include "engine/graph/graph.hpp"
#include "engine/kernels/row_stage.hpp"
#include "engine/plan/first_failure.hpp"
#include "faceshot/network.hpp"

namespace faceshot::engine {

class PlanBuilder;

class Plan {
 public:
  /// @param graph as it was read; not needed afterwards
  /// @throws Error as infer_tensors
  Plan(const Graph& graph, const Shape& input_shape, const RowOptions& options = {});
  ~Plan();
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  [[nodiscard]] float* input();
  /// Runs all steps, on the calling thread's OpenMP team or on threads of its own. Allocates
  /// nothing but the books that oneDNN keeps, some hundred bytes a primitive.
  void run();
  /// The same with another input, see Session::run(const InputRows&).
  /// @throws what `rows` throws, after all threads have stopped; the plan may run again
  void run(const InputRows& rows);
  /// As run(), and the time of each step. @param milliseconds one for each of steps()
  void run_timed(std::span<double> milliseconds);
  [[nodiscard]] const std::vector<PlanStep>& steps() const;
  [[nodiscard]] const float* output(std::size_t index) const;  ///< row-major
  [[nodiscard]] const Shape& output_shape(std::size_t index) const;
  [[nodiscard]] std::size_t memory_bytes() const;
  [[nodiscard]] double flop() const;

 private:
  /// All steps that can be parted; the others on part 0.
  void run_parts(int part);

  std::unique_ptr<PlanBuilder> built_;
  std::function<void(int)> parts_ = [this](int part) { run_parts(part); };
  FirstFailure failure_;
};

}  // namespace faceshot::engine
