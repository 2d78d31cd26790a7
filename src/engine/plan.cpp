#include "engine/plan.hpp"

#include <dnnl.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

#include "engine/kernels.hpp"
#include "engine/memory_plan.hpp"
#include "engine/shape_inference.hpp"
#include "faceshot/error.hpp"

namespace faceshot::engine {
namespace {

using Action = std::function<void()>;

/// Where a tensor lies: dense, in row-major order of its shape, or (four dimensions only) with the
/// channels last, as oneDNN and this CPU like it.
struct Place {
  Shape shape;
  bool channels_last = false;
  int storage = -1;
};

/// Memory of one or more tensors. A child is part of its parent: what is to be concatenated is
/// computed where it belongs.
struct Storage {
  std::int64_t elements = 0;
  int parent = -1;
  std::int64_t offset = 0;                        ///< within the parent, in elements
  std::size_t first = ~std::size_t{0}, last = 0;  ///< steps that touch it (kept at roots)
  bool exclusive = true;  ///< every tensor in it has one reader: it may become a child
};

/// A step whose storages are known but not yet their addresses.
struct Draft {
  std::vector<int> storages;
  std::function<Action()> finish;
};

struct FreeDeleter {
  void operator()(void* p) const { std::free(p); }
};

const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::memory::desc describe(const Place& place) {
  const auto tag =
      place.channels_last ? dnnl::memory::format_tag::nhwc : dnnl::memory::format_tag::nchw;
  return {place.shape, dnnl::memory::data_type::f32, tag};
}

/// A primitive with its arguments laid out as the C interface wants them: executing it then
/// allocates nothing on our side.
class PreparedPrimitive {
 public:
  PreparedPrimitive(dnnl::primitive primitive, dnnl::stream stream,
                    std::vector<std::pair<int, dnnl::memory>> arguments)
      : primitive_(std::move(primitive)), stream_(std::move(stream)) {
    for (auto& [index, memory] : arguments) {
      arguments_.push_back({index, memory.get()});
      memories_.push_back(std::move(memory));
    }
  }
  void operator()() const {
    const dnnl_status_t status = dnnl_primitive_execute(
        primitive_.get(), stream_.get(), static_cast<int>(arguments_.size()), arguments_.data());
    if (status != dnnl_success) throw Error(ErrorCode::unsupported, "engine: a primitive failed");
  }

 private:
  dnnl::primitive primitive_;
  dnnl::stream stream_;
  std::vector<dnnl::memory> memories_;  // keep the handles in arguments_ alive
  std::vector<dnnl_exec_arg_t> arguments_;
};

}  // namespace

struct Plan::Impl {
  const Graph& graph;
  std::vector<Shape> shapes;
  std::vector<int> readers;
  std::vector<Place> places;  ///< by tensor
  std::vector<Storage> storages;
  std::vector<Draft> drafts;
  std::vector<Action> actions;
  std::vector<Place> outputs;
  dnnl::stream stream{cpu()};
  std::unique_ptr<float, FreeDeleter> arena;
  std::unique_ptr<float, FreeDeleter> scratch;
  std::vector<std::size_t> storage_offset;  ///< of roots, in bytes
  std::size_t arena_bytes = 0, scratch_bytes = 0, weight_bytes = 0;
  double flop = 0;

  Impl(const Graph& g, const Shape& input_shape)
      : graph(g), shapes(infer_shapes(g, input_shape)), readers(reader_counts(g)) {
    places.resize(graph.tensors.size());
    const auto input = static_cast<std::size_t>(graph.inputs.front());
    places[input] = {input_shape, false, new_storage(input_shape)};
    storages.back().exclusive = false;
    storages.back().first = 0;
    for (const Node& node : graph.nodes) add_node(node);
    for (const int output : graph.outputs) {
      const Place place = in_layout(places[static_cast<std::size_t>(output)], false);
      outputs.push_back(place);
      root(place.storage).last = ~std::size_t{0};
    }
    finish();
  }

  // --- storage ----------------------------------------------------------------------------------

  int new_storage(const Shape& shape) {
    Storage storage;
    storage.elements = element_count(shape);
    storages.push_back(storage);
    return static_cast<int>(storages.size()) - 1;
  }

  Storage& root(int storage) {
    while (storages[static_cast<std::size_t>(storage)].parent >= 0)
      storage = storages[static_cast<std::size_t>(storage)].parent;
    return storages[static_cast<std::size_t>(storage)];
  }

  float* address(int storage) {
    std::int64_t offset = 0;
    while (storages[static_cast<std::size_t>(storage)].parent >= 0) {
      offset += storages[static_cast<std::size_t>(storage)].offset;
      storage = storages[static_cast<std::size_t>(storage)].parent;
    }
    return arena.get() + storage_offset[static_cast<std::size_t>(storage)] / sizeof(float) + offset;
  }

  void draft(std::vector<int> touched, std::function<Action()> finish_step) {
    drafts.push_back({std::move(touched), std::move(finish_step)});
  }

  // --- layout -----------------------------------------------------------------------------------

  static bool same_memory(const Place& place) {
    // One channel, or one pixel: both orders are the same bytes.
    return place.shape.size() != 4 || place.shape[1] == 1 ||
           (place.shape[2] == 1 && place.shape[3] == 1);
  }

  /// The tensor in the wanted layout; copied if it must be.
  Place in_layout(const Place& place, bool channels_last) {
    if (place.channels_last == channels_last) return place;
    Place result = place;
    result.channels_last = channels_last;
    if (same_memory(place)) return result;
    result.storage = new_storage(place.shape);
    const Shape physical =
        place.channels_last ? Shape{place.shape[0], place.shape[2], place.shape[3], place.shape[1]}
                            : place.shape;
    const Shape order = place.channels_last ? Shape{0, 3, 1, 2} : Shape{0, 2, 3, 1};
    draft({place.storage, result.storage},
          [this, from = place.storage, to = result.storage, physical, order] {
            return Action([in = address(from), out = address(to), physical, order] {
              permute(in, out, physical, order);
            });
          });
    return result;
  }

  Place& define(const Node& node, bool channels_last, int storage) {
    Place& place = places[static_cast<std::size_t>(node.output)];
    place = {shapes[static_cast<std::size_t>(node.output)], channels_last, storage};
    if (readers[static_cast<std::size_t>(node.output)] != 1)
      storages[static_cast<std::size_t>(storage)].exclusive = false;
    return place;
  }
  Place& define(const Node& node, bool channels_last) {
    return define(node, channels_last, new_storage(shapes[static_cast<std::size_t>(node.output)]));
  }
  const Place& input_of(const Node& node, std::size_t i = 0) const {
    return places[static_cast<std::size_t>(node.inputs[i])];
  }

  // --- nodes ------------------------------------------------------------------------------------

  void add_node(const Node& node) {
    switch (node.op) {
      case Op::conv:
        return add_convolution(node);
      case Op::max_pool:
        return add_max_pool(node);
      case Op::concat:
        return add_concat(node);
      case Op::transpose:
        return add_transpose(node);
      case Op::reshape:
      case Op::flatten: {
        const Place in = in_layout(input_of(node), false);
        define(node, false, in.storage);
        return;
      }
      case Op::identity:
        define(node, input_of(node).channels_last, input_of(node).storage);
        return;
      case Op::resize:
        return add_resize(node);
      case Op::softmax:
        return add_softmax(node);
      default:
        return add_elementwise(node);
    }
  }

  void add_convolution(const Node& node) {
    // Only a network's first convolution reads what is not channels-last: the caller's image.
    const Place in = in_layout(input_of(node), true);
    if (node.adds_input) {
      // Post-operation "sum": the destination holds the addend when the convolution starts.
      const Place addend = in_layout(input_of(node, 1), true);
      define(node, true, addend.storage);
    } else {
      define(node, true);
    }
    const Place out = places[static_cast<std::size_t>(node.output)];
    const auto pad = effective_padding(node, in.shape);
    const std::int64_t groups = node.group;
    const bool grouped = groups > 1;
    const Shape weight_dims = grouped ? Shape{groups, node.weight_shape[0] / groups,
                                              node.weight_shape[1], node.kernel[0], node.kernel[1]}
                                      : node.weight_shape;
    using tag = dnnl::memory::format_tag;
    using type = dnnl::memory::data_type;
    const dnnl::memory::desc plain_weights(weight_dims, type::f32,
                                           grouped ? tag::goihw : tag::oihw);
    const dnnl::memory::desc bias_desc =
        node.bias.empty() ? dnnl::memory::desc()
                          : dnnl::memory::desc({node.weight_shape[0]}, type::f32, tag::x);

    dnnl::post_ops post;
    if (node.adds_input) post.append_sum();
    if (node.activation == Activation::relu)
      post.append_eltwise(1, dnnl::algorithm::eltwise_relu, 0, 0);
    else if (node.activation == Activation::clip)
      post.append_eltwise(1, dnnl::algorithm::eltwise_clip, node.low, node.high);
    dnnl::primitive_attr attributes;
    attributes.set_post_ops(post);
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);

    const dnnl::convolution_forward::desc desc(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, describe(in),
        dnnl::memory::desc(weight_dims, type::f32, tag::any), bias_desc, describe(out),
        {node.stride[0], node.stride[1]}, {node.dilation[0] - 1, node.dilation[1] - 1},
        {pad[0], pad[1]}, {pad[2], pad[3]});
    const dnnl::convolution_forward::primitive_desc chosen(desc, attributes, cpu());

    const dnnl::memory given(plain_weights, cpu(), const_cast<float*>(node.weight.data()));
    const dnnl::memory weights(chosen.weights_desc(), cpu());
    dnnl::reorder(given, weights)
        .execute(stream, const_cast<dnnl::memory&>(given), const_cast<dnnl::memory&>(weights));
    stream.wait();
    weight_bytes += chosen.weights_desc().get_size();
    scratch_bytes = std::max(scratch_bytes, chosen.scratchpad_desc().get_size());
    flop += 2.0 * static_cast<double>(element_count(out.shape)) *
            static_cast<double>(node.weight_shape[1] * node.kernel[0] * node.kernel[1]);

    std::vector<int> touched{in.storage, out.storage};
    draft(std::move(touched), [this, &node, chosen, weights, in, out, bias_desc] {
      std::vector<std::pair<int, dnnl::memory>> arguments{
          {DNNL_ARG_SRC, {describe(in), cpu(), address(in.storage)}},
          {DNNL_ARG_WEIGHTS, weights},
          {DNNL_ARG_DST, {describe(out), cpu(), address(out.storage)}}};
      if (!node.bias.empty())
        arguments.emplace_back(
            DNNL_ARG_BIAS, dnnl::memory(bias_desc, cpu(), const_cast<float*>(node.bias.data())));
      if (chosen.scratchpad_desc().get_size() > 0)
        arguments.emplace_back(DNNL_ARG_SCRATCHPAD,
                               dnnl::memory(chosen.scratchpad_desc(), cpu(), scratch.get()));
      return Action(
          PreparedPrimitive(dnnl::convolution_forward(chosen), stream, std::move(arguments)));
    });
  }

  void add_max_pool(const Node& node) {
    const Place in = in_layout(input_of(node), true);
    const Place out = define(node, true);
    const auto pad = effective_padding(node, in.shape);
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    const dnnl::pooling_forward::desc desc(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::pooling_max, describe(in),
        describe(out), {node.stride[0], node.stride[1]}, {node.kernel[0], node.kernel[1]},
        {pad[0], pad[1]}, {pad[2], pad[3]});
    const dnnl::pooling_forward::primitive_desc chosen(desc, attributes, cpu());
    scratch_bytes = std::max(scratch_bytes, chosen.scratchpad_desc().get_size());
    draft({in.storage, out.storage}, [this, chosen, in, out] {
      std::vector<std::pair<int, dnnl::memory>> arguments{
          {DNNL_ARG_SRC, {describe(in), cpu(), address(in.storage)}},
          {DNNL_ARG_DST, {describe(out), cpu(), address(out.storage)}}};
      if (chosen.scratchpad_desc().get_size() > 0)
        arguments.emplace_back(DNNL_ARG_SCRATCHPAD,
                               dnnl::memory(chosen.scratchpad_desc(), cpu(), scratch.get()));
      return Action(PreparedPrimitive(dnnl::pooling_forward(chosen), stream, std::move(arguments)));
    });
  }

  void add_concat(const Node& node) {
    const bool channels_last = input_of(node).channels_last;
    std::vector<Place> parts;
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      parts.push_back(in_layout(input_of(node, i), channels_last));
    const Place out = define(node, channels_last);
    const auto rank = static_cast<std::int64_t>(out.shape.size());
    const std::int64_t axis = node.axis < 0 ? node.axis + rank : node.axis;
    // Axis in memory order; what lies outside it is copied in that many blocks.
    const auto physical = [&](const Shape& s) {
      return channels_last ? Shape{s[0], s[2], s[3], s[1]} : s;
    };
    const std::int64_t at =
        !channels_last ? axis
                       : std::array<std::int64_t, 4>{0, 3, 1, 2}[static_cast<std::size_t>(axis)];
    const Shape whole = physical(out.shape);
    const std::int64_t outer = element_count({whole.begin(), whole.begin() + at});
    const std::int64_t row = element_count(whole) / outer;
    std::int64_t offset = 0;
    for (const Place& part : parts) {
      const std::int64_t block = element_count(part.shape) / outer;
      Storage& own = storages[static_cast<std::size_t>(part.storage)];
      if (outer == 1 && own.exclusive && own.parent < 0 && own.elements == block) {
        own.parent = out.storage;
        own.offset = offset;
      } else {
        draft({part.storage, out.storage},
              [this, from = part.storage, to = out.storage, outer, block, row, offset] {
                return Action([in = address(from), result = address(to), outer, block, row,
                               offset] { copy_blocks(in, result, outer, block, row, offset); });
              });
      }
      offset += block;
    }
  }

  void add_transpose(const Node& node) {
    const Place& in = input_of(node);
    if (in.shape.size() > 8)
      throw Error(ErrorCode::unsupported,
                  "network: node '" + node.name + "' transposes more than 8 dimensions");
    if (in.channels_last && node.permutation == Shape{0, 2, 3, 1}) {
      define(node, false, in.storage);  // the bytes lie in this order already
      return;
    }
    if (!in.channels_last && node.permutation == Shape{0, 3, 1, 2}) {
      define(node, true, in.storage);
      return;
    }
    const Place plain = in_layout(in, false);
    const Place out = define(node, false);
    draft({plain.storage, out.storage},
          [this, &node, shape = plain.shape, from = plain.storage, to = out.storage] {
            return Action([source = address(from), result = address(to), shape,
                           order = node.permutation] { permute(source, result, shape, order); });
          });
  }

  void add_resize(const Node& node) {
    const Place in = in_layout(input_of(node), true);
    const Place out = define(node, true);
    draft({in.storage, out.storage}, [this, &node, in, to = out.storage] {
      return Action([source = address(in.storage), result = address(to), height = in.shape[2],
                     width = in.shape[3], channels = in.shape[1], fy = node.factor_y,
                     fx = node.factor_x] {
        resize_nearest(source, result, height, width, channels, fy, fx);
      });
    });
  }

  void add_softmax(const Node& node) {
    const Place in = in_layout(input_of(node), false);
    const Place out = define(node, false);
    const auto rank = static_cast<std::int64_t>(in.shape.size());
    const std::int64_t axis = node.axis < 0 ? node.axis + rank : node.axis;
    const std::int64_t outer = element_count({in.shape.begin(), in.shape.begin() + axis});
    const std::int64_t rest = element_count(in.shape) / outer;
    const std::int64_t size = node.flattens ? rest : in.shape[static_cast<std::size_t>(axis)];
    const std::int64_t inner = rest / size;
    draft({in.storage, out.storage},
          [this, from = in.storage, to = out.storage, outer, size, inner] {
            return Action([source = address(from), result = address(to), outer, size, inner] {
              softmax(source, result, outer, size, inner);
            });
          });
  }

  void add_elementwise(const Node& node) {
    const Place in = input_of(node);
    const Place second =
        node.inputs.size() > 1 ? in_layout(input_of(node, 1), in.channels_last) : Place{};
    const Place out = define(node, in.channels_last);
    std::vector<int> touched{in.storage, out.storage};
    if (node.inputs.size() > 1) touched.push_back(second.storage);
    draft(std::move(touched),
          [this, &node, in, second, out] { return elementwise_action(node, in, second, out); });
  }

  Action elementwise_action(const Node& node, const Place& in, const Place& second,
                            const Place& out) {
    const float* const a = address(in.storage);
    float* const y = address(out.storage);
    const std::int64_t count = element_count(in.shape);
    const float* const b = node.inputs.size() > 1 ? address(second.storage) : nullptr;
    const std::int64_t channels = in.shape.size() > 1 ? in.shape[1] : 1;
    const std::int64_t inner = in.channels_last || in.shape.size() < 3
                                   ? 1
                                   : element_count({in.shape.begin() + 2, in.shape.end()});
    switch (node.op) {
      case Op::relu:
        return [a, y, count] { relu(a, y, count); };
      case Op::clip:
        return [a, y, count, low = node.low, high = node.high] { clip(a, y, count, low, high); };
      case Op::sigmoid:
        return [a, y, count] { sigmoid(a, y, count); };
      case Op::batch_norm:
        return [a, y, count, inner, channels, &node] {
          scale_shift(a, y, count, inner, channels, node.scale, node.shift);
        };
      case Op::add:
        if (b != nullptr) return [a, b, y, count] { add(a, b, y, count); };
        return [a, y, count, inner, channels, &node] {
          scale_shift(a, y, count, inner, channels, {}, node.constant);
        };
      default:
        if (b != nullptr) return [a, b, y, count] { mul(a, b, y, count); };
        return [a, y, count, inner, channels, &node] {
          scale_shift(a, y, count, inner, channels, node.constant, {});
        };
    }
  }

  // --- memory -----------------------------------------------------------------------------------

  static std::unique_ptr<float, FreeDeleter> allocate(std::size_t bytes) {
    const std::size_t rounded = std::max<std::size_t>((bytes + 63) / 64 * 64, 64);
    auto* const memory = static_cast<float*>(std::aligned_alloc(64, rounded));
    if (memory == nullptr) throw Error(ErrorCode::io, "engine: out of memory");
    std::fill_n(memory, rounded / sizeof(float), 0.0F);  // touched now, not during the first run
    return std::unique_ptr<float, FreeDeleter>(memory);
  }

  void finish() {
    for (std::size_t step = 0; step < drafts.size(); ++step) {
      for (const int storage : drafts[step].storages) {
        Storage& r = root(storage);
        r.first = std::min(r.first, step);
        r.last = std::max(r.last, step);
      }
    }
    std::vector<BufferRequest> requests;
    std::vector<std::size_t> owner;
    for (std::size_t s = 0; s < storages.size(); ++s) {
      if (storages[s].parent >= 0) continue;
      requests.push_back({static_cast<std::size_t>(storages[s].elements) * sizeof(float),
                          storages[s].first, storages[s].last});
      owner.push_back(s);
    }
    const MemoryPlan plan = plan_memory(requests);
    storage_offset.assign(storages.size(), 0);
    for (std::size_t i = 0; i < owner.size(); ++i) storage_offset[owner[i]] = plan.offsets[i];
    arena_bytes = plan.bytes;
    arena = allocate(arena_bytes);
    scratch = allocate(scratch_bytes);
    for (const Draft& step : drafts) actions.push_back(step.finish());
    drafts.clear();
  }
};

Plan::Plan(const Graph& graph, const Shape& input_shape) {
  try {
    impl_ = std::make_unique<Impl>(graph, input_shape);
  } catch (const dnnl::error& e) {
    throw Error(ErrorCode::unsupported, std::string("engine: oneDNN refuses a layer: ") + e.what());
  }
}
Plan::~Plan() = default;

float* Plan::input() {
  return impl_->address(
      impl_->places[static_cast<std::size_t>(impl_->graph.inputs.front())].storage);
}

void Plan::run() {
  for (const Action& action : impl_->actions) action();
}

const float* Plan::output(std::size_t index) const {
  return impl_->address(impl_->outputs[index].storage);
}
const Shape& Plan::output_shape(std::size_t index) const { return impl_->outputs[index].shape; }

std::size_t Plan::memory_bytes() const {
  return impl_->arena_bytes + impl_->scratch_bytes + impl_->weight_bytes;
}
double Plan::flop() const { return impl_->flop; }

}  // namespace faceshot::engine
