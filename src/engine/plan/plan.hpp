// A graph made executable for one input shape: optimised for it, layouts chosen, oneDNN primitives
// created, all memory placed.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "engine/graph/graph.hpp"
#include "engine/kernels/row_stage.hpp"
#include "faceshot/network.hpp"
#include "faceshot/parallel_runner.hpp"

namespace faceshot::engine {

class PlanBuilder;

class Plan {
 public:
  /// @param graph as it was read; not needed afterwards
  /// @throws Error as infer_tensors
  /// @param threads that share the steps, >= 1
  /// @param runner null: the executor's threads; otherwise it must outlive the plan
  Plan(const Graph& graph, const Shape& input_shape, const RowOptions& options = {},
       int threads = 1, ParallelRunner* runner = nullptr);
  ~Plan();
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  [[nodiscard]] float* input();
  /// Runs all steps. Allocates nothing except oneDNN's bookkeeping, some hundred bytes per
  /// primitive.
  void run();
  /// The same with another input, see Session::run(const InputRows&).
  /// @throws whatever `rows` throws, after all threads have stopped; the plan may run again
  void run(const InputRows& rows);
  /// As run(), and measures each step. @param milliseconds one for each of steps()
  void run_timed(std::span<double> milliseconds);
  [[nodiscard]] const std::vector<PlanStep>& steps() const;
  [[nodiscard]] const float* output(std::size_t index) const;  ///< row-major
  [[nodiscard]] const Shape& output_shape(std::size_t index) const;
  [[nodiscard]] std::size_t memory_bytes() const;
  [[nodiscard]] double flop() const;

 private:
  std::unique_ptr<PlanBuilder> built_;
  ParallelRunner* runner_;
};

}  // namespace faceshot::engine
