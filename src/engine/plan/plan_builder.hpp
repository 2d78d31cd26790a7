// A plan under construction: layouts are chosen and memory is assigned node by node, then
// everything gets its address.
#pragma once

#include <dnnl.hpp>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/executor.hpp"
#include "engine/graph/graph.hpp"
#include "engine/kernels/row_chain.hpp"
#include "engine/ops/place.hpp"
#include "engine/ops/shape_inference.hpp"
#include "engine/plan/tensor_memory.hpp"
#include "faceshot/input_rows.hpp"
#include "faceshot/network.hpp"

namespace faceshot::engine {

/// Runs on memory whose addresses it holds.
using Action = std::function<void()>;

/// One step of a plan: a single piece of work, or several that threads share.
struct PlannedStep : base::Stage {
  PlannedStep(Action all)  // NOLINT: an action is a step
      : base::Stage{1, [action = std::move(all)](std::size_t, int) { action(); }} {}
  PlannedStep(std::size_t parts, base::Body part) : base::Stage{parts, std::move(part)} {}
};

class PlanBuilder {
 public:
  /// Optimises the graph for this input size, and builds everything.
  /// @throws Error as infer_tensors; dnnl::error if oneDNN rejects a layer
  /// @param threads that will share the steps, >= 1
  PlanBuilder(const Graph& graph, const Shape& input_shape, const RowOptions& options, int threads);
  PlanBuilder(const PlanBuilder&) = delete;
  PlanBuilder& operator=(const PlanBuilder&) = delete;

  [[nodiscard]] const std::vector<base::Stage>& actions() const { return actions_; }
  [[nodiscard]] int threads() const { return threads_; }
  /// What each action does.
  [[nodiscard]] const std::vector<PlanStep>& steps() const { return steps_; }
  [[nodiscard]] float* input() const;
  [[nodiscard]] const Shape& input_shape() const;
  /// Makes the first layer read these instead of input(); null: input() again.
  /// @return false, without any change, if it cannot
  bool take_rows(const InputRows* rows);
  [[nodiscard]] const float* output(std::size_t index) const {
    return memory_.address(outputs_[index].storage);
  }
  [[nodiscard]] const Shape& output_shape(std::size_t index) const { return outputs_[index].shape; }
  [[nodiscard]] std::size_t memory_bytes() const {
    return memory_.bytes() + scratch_bytes_ + weight_bytes_;
  }

 private:
  /// A step whose storages are known but not yet placed.
  struct Draft {
    std::vector<int> storages;
    std::function<PlannedStep()> finish;
    PlanStep step;
  };
  /// oneDNN's arguments, with storages in place of addresses.
  struct Argument {
    int index = 0;
    dnnl::memory::desc desc;
    int storage = -1;
    std::int64_t offset = 0;  ///< floats from the start of the storage
  };
  /// A primitive that computes a step or a piece of one.
  struct Primitive {
    dnnl::primitive primitive;
    dnnl::memory::desc scratchpad;
    std::vector<Argument> arguments;
    std::vector<std::pair<int, dnnl::memory>> constants;
  };

  void add_node(const Node& node);
  void finish();

  // plan_convolution.cpp, plan_row_steps.cpp, plan_pooling.cpp, plan_elementwise.cpp,
  // plan_dense.cpp, plan_copies.cpp
  void add_convolution(const Node& node);
  /// On our own kernels. @return false, with nothing done, if they cannot compute it
  bool add_row_layer(const Node& node);
  void add_row_chain(const Node& node);
  void add_separable_convolution(const Node& node);
  void add_transposed_convolution(const Node& node);
  void add_pooling(const Node& node);
  void add_unary(const Node& node);
  void add_binary(const Node& node);
  void add_batch_norm(const Node& node);
  void add_matmul(const Node& node);
  void add_normalisation(const Node& node);
  void add_reduce(const Node& node);
  void add_resize(const Node& node);
  void add_concat(const Node& node);
  void add_slice(const Node& node);
  void add_channels(const Node& node);
  void add_gather(const Node& node);
  void add_transpose(const Node& node);

  /// Makes the node's output another name for existing memory.
  void add_alias(const Node& node);

  // --- building blocks of the add_ functions ----------------------------------------------------

  /// A step of the current node, described as far as step_ is filled in.
  /// @param touched the storages it reads, and last the one it writes
  void draft(std::vector<int> touched, std::function<PlannedStep()> finish_step);
  /// A step of our own kernels, on all threads.
  /// @param nodes each reads the one before it
  void draft_chain(const std::vector<const Node*>& nodes, const Place& in, const Place& out);
  /// A step that copies a tensor, read with strides from an offset, to `to`.
  /// @param strides by axis of to.shape
  void draft_copy(int from, std::int64_t offset, const Shape& strides, const Place& to);
  /// A step of oneDNN's, in pieces that may run concurrently; all steps share scratch memory.
  /// @param pieces at least one; the first stands for all in the step's description
  void draft_primitives(std::vector<Primitive> pieces);
  void draft_primitive(Primitive primitive);

  /// The tensor in the wanted layout; copied if necessary, immediately if it is a constant.
  [[nodiscard]] Place in_layout(const Place& place, bool channels_last);
  /// Place of a node's input. @throws Error(unsupported) if it holds integers
  [[nodiscard]] const Place& input_of(const Node& node, std::size_t i = 0);
  [[nodiscard]] Place& define(const Node& node, bool channels_last, int storage);
  [[nodiscard]] Place define(const Node& node, bool channels_last);
  [[nodiscard]] const Shape& shape_of(int tensor) const {
    return known_.shapes[static_cast<std::size_t>(tensor)];
  }
  /// Values of the node's other inputs, by index; null for omitted ones.
  [[nodiscard]] std::vector<const Constant*> parameters(const Node& node) const;
  [[nodiscard]] const Place& place_of(int tensor, const std::string& reader);

  RowOptions row_options_;
  bool takes_rows_ = false;
  const InputRows* rows_ = nullptr;  ///< the first chain keeps this pointer's address
  int threads_;
  InferredTensors known_;
  Graph graph_;
  std::vector<int> readers_;
  std::vector<Place> places_;  ///< by tensor
  TensorMemory memory_;
  PlanStep step_;  ///< description of the current node's steps
  std::vector<Draft> drafts_;
  std::vector<base::Stage> actions_;
  std::vector<PlanStep> steps_;
  std::vector<Place> outputs_;
  dnnl::stream stream_;
  AlignedFloats scratch_;
  std::size_t scratch_bytes_ = 0, weight_bytes_ = 0;
};

}  // namespace faceshot::engine
