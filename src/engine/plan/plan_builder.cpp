#include "engine/plan/plan_builder.hpp"

#include <algorithm>
#include <utility>

#include "base/single_openmp_thread.hpp"
#include "engine/graph/describe.hpp"
#include "engine/ops/loops.hpp"
#include "engine/passes/passes.hpp"
#include "engine/plan/dnnl_primitive.hpp"
#include "faceshot/error.hpp"

namespace faceshot::engine {
namespace {

/// Both layouts are the same bytes: one channel, or one pixel.
bool same_memory(const Place& place) {
  return place.shape.size() != 4 || place.shape[1] == 1 ||
         (place.shape[2] == 1 && place.shape[3] == 1);
}

std::size_t bytes_of(std::int64_t elements) {
  return static_cast<std::size_t>(elements) * sizeof(float);
}

/// oneDNN's name of the selected kernel.
std::string kernel_name(const dnnl::primitive& primitive) {
  const char* name = nullptr;
  const auto status =
      dnnl_primitive_desc_query(primitive.get_primitive_desc(), dnnl_query_impl_info_str, 0, &name);
  return status == dnnl_success && name != nullptr ? name : "oneDNN";
}

/// A short innermost loop (the three channels of an image) has more overhead than work: a longer
/// one replaces it.
void lengthen_runs(Loops<2>& loops) {
  constexpr std::int64_t short_run = 8;
  if (loops.run_size() >= short_run) return;
  std::size_t longest = loops.depth - 1;
  for (std::size_t d = 0; d < loops.depth; ++d)
    if (loops.size[d] > loops.size[longest]) longest = d;
  const std::size_t last = loops.depth - 1;
  std::swap(loops.size[longest], loops.size[last]);
  for (auto& stride : loops.stride) std::swap(stride[longest], stride[last]);
}

}  // namespace

PlanBuilder::PlanBuilder(const Graph& graph, const Shape& input_shape, const RowOptions& options,
                         int threads)
    : row_options_(options),
      threads_(threads),
      known_(infer_tensors(graph, input_shape)),
      graph_(optimise(graph, known_)),
      readers_(reader_counts(graph_)),
      places_(graph_.tensors.size()),
      stream_(cpu()) {
  // oneDNN splits work for the number of threads that it sees now.
  const base::SingleOpenMpThread for_onednn;
  const auto input = static_cast<std::size_t>(graph_.inputs.front());
  places_[input] = {input_shape, false, memory_.add(element_count(input_shape))};
  memory_.share(places_[input].storage);
  for (const Node& node : graph_.nodes) add_node(node);
  for (const int output : graph_.outputs) {
    step_ = {};
    step_.node = graph_.tensors[static_cast<std::size_t>(output)].name;
    outputs_.push_back(in_layout(place_of(output, "the graph's output"), false));
  }
  finish();
}

float* PlanBuilder::input() const {
  return memory_.address(places_[static_cast<std::size_t>(graph_.inputs.front())].storage);
}

const Shape& PlanBuilder::input_shape() const {
  return places_[static_cast<std::size_t>(graph_.inputs.front())].shape;
}

bool PlanBuilder::take_rows(const InputRows* rows) {
  if (!takes_rows_) return false;
  rows_ = rows;
  return true;
}

void PlanBuilder::finish() {
  memory_.touch(places_[static_cast<std::size_t>(graph_.inputs.front())].storage, 0);
  for (std::size_t step = 0; step < drafts_.size(); ++step)
    for (const int storage : drafts_[step].storages) memory_.touch(storage, step);
  for (const Place& output : outputs_) memory_.keep(output.storage);
  memory_.allocate();
  scratch_ = allocate_floats(scratch_bytes_);
  for (Draft& draft : drafts_) {
    actions_.push_back(draft.finish());
    steps_.push_back(std::move(draft.step));
  }
  drafts_.clear();
  // oneDNN and our kernels have their own copies by now.
  for (Node& node : graph_.nodes) {
    node.weight.reset();
    node.stages.clear();
  }
}

// --- tensors
// --------------------------------------------------------------------------------------

const Place& PlanBuilder::place_of(int tensor, const std::string& reader) {
  Place& place = places_[static_cast<std::size_t>(tensor)];
  if (place.storage >= 0) return place;
  const ConstantPtr& constant = graph_.tensors[static_cast<std::size_t>(tensor)].constant;
  if (constant->is_integer)
    throw Error(
        ErrorCode::unsupported,
        "network: '" + reader + "' reads integers, which the engine supports only for shapes");
  place = {constant->shape, false, memory_.add_constant(constant)};
  return place;
}

const Place& PlanBuilder::input_of(const Node& node, std::size_t i) {
  return place_of(node.inputs[i], node.name);
}

std::vector<const Constant*> PlanBuilder::parameters(const Node& node) const {
  std::vector<const Constant*> values(node.inputs.size(), nullptr);
  for (std::size_t i = data_inputs(node); i < values.size(); ++i)
    if (node.inputs[i] >= 0)
      values[i] = known_.values[static_cast<std::size_t>(node.inputs[i])].get();
  return values;
}

Place& PlanBuilder::define(const Node& node, bool channels_last, int storage) {
  Place& place = places_[static_cast<std::size_t>(node.output)];
  place = {shape_of(node.output), channels_last, storage};
  if (readers_[static_cast<std::size_t>(node.output)] != 1) memory_.share(storage);
  return place;
}

Place PlanBuilder::define(const Node& node, bool channels_last) {
  return define(node, channels_last, memory_.add(element_count(shape_of(node.output))));
}

Place PlanBuilder::in_layout(const Place& place, bool channels_last) {
  if (place.channels_last == channels_last) return place;
  Place result = place;
  result.channels_last = channels_last;
  if (same_memory(place)) return result;
  if (const float* const values = memory_.constant_values(place.storage)) {
    std::vector<float> relaid(static_cast<std::size_t>(element_count(place.shape)));
    const Shape order = memory_order(result);
    copy_strided(make_loops<2>(memory_shape(result), {in_order(strides_of(place), order),
                                                      in_order(strides_of(result), order)}),
                 values, relaid.data());
    result.storage = memory_.add_constant(std::move(relaid));
    return result;
  }
  result.storage = memory_.add(element_count(place.shape));
  draft_copy(place.storage, 0, strides_of(place), result);
  PlanStep& step = drafts_.back().step;
  step.operation = channels_last ? "to channels last" : "to channels first";
  step.flop = 0;
  return result;
}

// --- steps
// ----------------------------------------------------------------------------------------

void PlanBuilder::draft(std::vector<int> touched, std::function<PlannedStep()> finish_step) {
  PlanStep step = step_;
  step.bytes_written = bytes_of(memory_.elements(touched.back()));
  for (std::size_t i = 0; i + 1 < touched.size(); ++i)
    step.bytes_read += bytes_of(memory_.elements(touched[i]));
  drafts_.push_back({std::move(touched), std::move(finish_step), std::move(step)});
}

void PlanBuilder::draft_copy(int from, std::int64_t offset, const Shape& strides, const Place& to) {
  const Shape order = memory_order(to);
  Loops<2> loops =
      make_loops<2>(memory_shape(to), {in_order(strides, order), in_order(strides_of(to), order)});
  lengthen_runs(loops);
  draft({from, to.storage}, [this, from, offset, loops, storage = to.storage] {
    return Action([loops, in = memory_.address(from) + offset, out = memory_.address(storage)] {
      copy_strided(loops, in, out);
    });
  });
  PlanStep& step = drafts_.back().step;
  step.kernel = "strided copy";
  step.shape = to.shape;
  step.bytes_read = step.bytes_written = bytes_of(element_count(to.shape));
}

void PlanBuilder::draft_primitive(Primitive primitive) {
  std::vector<Primitive> one;
  one.push_back(std::move(primitive));
  draft_primitives(std::move(one));
}

void PlanBuilder::draft_primitives(std::vector<Primitive> pieces) {
  std::vector<std::size_t> scratch;  // offsets in bytes
  std::size_t scratch_size = 0;
  for (const Primitive& piece : pieces) {
    scratch.push_back(scratch_size);
    scratch_size += (piece.scratchpad.get_size() + 63) / 64 * 64;
  }
  scratch_bytes_ = std::max(scratch_bytes_, scratch_size);
  const Primitive& first = pieces.front();
  std::string kernel = kernel_name(first.primitive);
  std::size_t constant_bytes = 0;
  for (const auto& [index, memory] : first.constants)
    constant_bytes += memory.get_desc().get_size();
  std::vector<int> touched;
  for (const Argument& argument : first.arguments) touched.push_back(argument.storage);
  draft(std::move(touched), [this, scratch = std::move(scratch), all = std::move(pieces)] {
    std::vector<PreparedPrimitive> prepared;
    for (std::size_t p = 0; p < all.size(); ++p) {
      const Primitive& piece = all[p];
      auto memories = piece.constants;
      for (const Argument& a : piece.arguments)
        memories.emplace_back(a.index,
                              dnnl::memory(a.desc, cpu(), memory_.address(a.storage) + a.offset));
      if (piece.scratchpad.get_size() > 0)
        memories.emplace_back(
            DNNL_ARG_SCRATCHPAD,
            dnnl::memory(piece.scratchpad, cpu(), scratch_.get() + scratch[p] / sizeof(float)));
      prepared.emplace_back(piece.primitive, dnnl::stream(cpu()), std::move(memories));
    }
    const std::size_t parts = prepared.size();
    return PlannedStep(
        parts, [prepared = std::move(prepared)](std::size_t piece, int) { prepared[piece](); });
  });
  PlanStep& step = drafts_.back().step;
  step.kernel = std::move(kernel);
  step.bytes_read += constant_bytes;
}

// --- nodes
// ----------------------------------------------------------------------------------------

void PlanBuilder::add_alias(const Node& node) {
  // A renamed tensor keeps its layout; a reshaped one is row-major.
  const bool same_shape = node.op == Op::identity || node.op == Op::cast;
  const Place in = same_shape ? input_of(node) : in_layout(input_of(node), false);
  (void)define(node, in.channels_last, in.storage);
}

void PlanBuilder::add_node(const Node& node) {
  step_ = {describe_operator(node),
           node.name,
           shape_of(node.output),
           "loops",
           flop_of(node, known_.shapes),
           0,
           0};
  switch (node.op) {
    case Op::conv:
      return add_convolution(node);
    case Op::separable_conv:
      return add_separable_convolution(node);
    case Op::channels:
      return add_channels(node);
    case Op::upsample_add:
      (void)add_row_layer(node);
      return;
    case Op::row_chain:
      return add_row_chain(node);
    case Op::conv_transpose:
      return add_transposed_convolution(node);
    case Op::matmul:
      return add_matmul(node);
    case Op::batch_norm:
      return add_batch_norm(node);
    case Op::unary:
      return add_unary(node);
    case Op::binary:
      return add_binary(node);
    case Op::softmax:
    case Op::lp_normalization:
      return add_normalisation(node);
    case Op::reduce:
      return add_reduce(node);
    case Op::max_pool:
    case Op::average_pool:
      return add_pooling(node);
    case Op::resize:
      return add_resize(node);
    case Op::concat:
      return add_concat(node);
    case Op::slice:
    case Op::slice_part:
      return add_slice(node);
    case Op::gather:
      return add_gather(node);
    case Op::transpose:
      return add_transpose(node);
    case Op::cast:
      if (node.to_integers)
        throw Error(
            ErrorCode::unsupported,
            "network: node '" + node.name +
                "' produces integers from the image's content, which the engine does not support");
      return add_alias(node);
    case Op::reshape:
    case Op::flatten:
    case Op::squeeze:
    case Op::unsqueeze:
    case Op::identity:
      return add_alias(node);
    case Op::shape:
      return;  // known to shape inference, and dropped
  }
}

}  // namespace faceshot::engine
