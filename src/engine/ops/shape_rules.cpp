// The shape of each operator's output.
#include <algorithm>
#include <cmath>

#include "engine/ops/broadcast.hpp"
#include "engine/ops/fit_window.hpp"
#include "engine/ops/resize_table.hpp"
#include "engine/ops/shape_inference.hpp"
#include "engine/ops/slicing.hpp"
#include "faceshot/error.hpp"

namespace faceshot::engine {
namespace {

/// Shapes depend on the network's input size.
[[noreturn]] void refuse(const Node& node, const std::string& what) {
  reject(node, what + "; try another input size");
}

/// A node and what is known about its inputs.
class Rule {
 public:
  Rule(const Node& node, const InferredTensors& known) : node_(node), known_(known) {}

  Shape output() const {
    const Shape& in = input(0);
    switch (node_.op) {
      case Op::conv:
      case Op::conv_transpose:
        return convolved(in);
      case Op::max_pool:
      case Op::average_pool:
        return pooled(in);
      case Op::batch_norm:
        demand_channels(in, static_cast<std::int64_t>(node_.scale.size()));
        return in;
      case Op::binary:
        return combined(in, input(1));
      case Op::matmul:
        return multiplied(in, input(1));
      case Op::softmax:
      case Op::lp_normalization:
        (void)axis_of(in);
        return in;
      case Op::reduce:
        return reduced(in);
      case Op::resize:
        return resized(in);
      case Op::concat:
        return concatenated();
      case Op::slice:
        for (std::size_t i = 1; i < node_.inputs.size(); ++i)
          if (has_input(i)) (void)whole_parameter(i);
        return slice_steps(node_, in, parameters()).shape;
      case Op::slice_part:
        return slice_part_steps(node_, in).shape;
      case Op::gather:
        return gathered(in);
      case Op::transpose:
        return transposed(in);
      case Op::reshape:
        return reshaped(in);
      case Op::squeeze:
        return squeezed(in);
      case Op::unsqueeze:
        return unsqueezed(in);
      case Op::flatten: {
        // Flatten's axis may also be the rank: all axes are in front of it.
        const std::int64_t axis = normal_axis(node_.axis, in.size() + (node_.axis >= 0 ? 1U : 0U));
        if (axis < 0) refuse(node_, "has an axis outside its input");
        return {element_count({in.begin(), in.begin() + axis}),
                element_count({in.begin() + axis, in.end()})};
      }
      default:
        return in;
    }
  }

 private:
  const Shape& input(std::size_t i) const {
    return known_.shapes[static_cast<std::size_t>(node_.inputs[i])];
  }
  bool has_input(std::size_t i) const { return i < node_.inputs.size() && node_.inputs[i] >= 0; }

  /// Values of an input that determine shapes.
  const Constant& parameter(std::size_t i) const {
    const auto& value = known_.values[static_cast<std::size_t>(node_.inputs[i])];
    if (value == nullptr)
      throw Error(ErrorCode::unsupported,
                  "network: node '" + node_.name +
                      "' has a shape that depends on the image's content; the engine supports only "
                      "shapes that depend on its size");
    return *value;
  }
  const Constant& whole_parameter(std::size_t i) const {
    const Constant& value = parameter(i);
    if (!value.is_integer) refuse(node_, "needs integers as input " + std::to_string(i));
    return value;
  }
  std::vector<const Constant*> parameters() const {
    std::vector<const Constant*> values{nullptr};
    for (std::size_t i = 1; i < node_.inputs.size(); ++i)
      values.push_back(has_input(i) ? &parameter(i) : nullptr);
    return values;
  }

  std::size_t axis_of(const Shape& shape) const {
    const std::int64_t axis = normal_axis(node_.axis, shape.size());
    if (axis < 0) refuse(node_, "has an axis outside its input of " + text_of(shape));
    return static_cast<std::size_t>(axis);
  }
  /// Flags of the axes that input 1 lists; all of them, or none, if there is no such input.
  std::vector<bool> marked_axes(std::size_t rank, bool without) const {
    if (!has_input(1)) return std::vector<bool>(rank, without);
    const auto& axes = whole_parameter(1).integers;
    if (axes.empty()) return std::vector<bool>(rank, without);
    std::vector<bool> marked(rank, false);
    for (const std::int64_t given : axes) {
      const std::int64_t axis = normal_axis(given, rank);
      if (axis < 0 || marked[static_cast<std::size_t>(axis)])
        refuse(node_, "lists axes that its input does not have");
      marked[static_cast<std::size_t>(axis)] = true;
    }
    return marked;
  }
  void demand_image(const Shape& in) const {
    if (in.size() != 4) refuse(node_, "needs a four-dimensional input but gets " + text_of(in));
  }
  void demand_channels(const Shape& in, std::int64_t channels) const {
    if (in.size() < 2 || in[1] != channels)
      refuse(node_, "wants " + std::to_string(channels) + " channels but gets " + text_of(in));
  }
  Shape windowed(const Shape& in, std::int64_t channels, const FittedWindow& fit) const {
    if (fit.output[0] < 1 || fit.output[1] < 1)
      refuse(node_, "has a window larger than its input of " + text_of(in));
    return {in[0], channels, fit.output[0], fit.output[1]};
  }

  Shape convolved(const Shape& in) const {
    demand_image(in);
    const Shape& weight = node_.weight->shape;
    const bool transposes = node_.op == Op::conv_transpose;
    demand_channels(in, transposes ? weight[0] : weight[1] * node_.group);
    Shape out = transposes
                    ? windowed(in, weight[1] * node_.group, fit_transposed_window(node_.window, in))
                    : windowed(in, weight[0], fit_window(node_.window, in));
    if (node_.adds_input && input(1) != out) refuse(node_, "adds tensors of different sizes");
    return out;
  }

  Shape pooled(const Shape& in) const {
    demand_image(in);
    const FittedWindow fit = fit_window(node_.window, in);
    if (node_.op == Op::average_pool && node_.counts_padding && node_.window.rounds_up &&
        (fit.padding[2] > node_.window.padding[2] || fit.padding[3] > node_.window.padding[3]))
      throw Error(ErrorCode::unsupported,
                  "network: node '" + node_.name +
                      "' averages over padding with ceil_mode, which the engine does not support");
    return windowed(in, in[1], fit);
  }

  Shape combined(const Shape& a, const Shape& b) const {
    const auto out = broadcast_shape(a, b);
    if (!out) refuse(node_, "combines " + text_of(a) + " and " + text_of(b));
    return *out;
  }

  Shape multiplied(const Shape& a, const Shape& b) const {
    if (a.size() != 2 || b.size() != 2)
      throw Error(ErrorCode::unsupported,
                  "network: node '" + node_.name +
                      "' multiplies tensors that are not two-dimensional: " + text_of(a) + " and " +
                      text_of(b));
    const std::size_t rows = node_.transposes_a ? 1 : 0, columns = node_.transposes_b ? 0 : 1;
    if (a[1 - rows] != b[1 - columns])
      refuse(node_, "multiplies matrices of " + text_of(a) + " and " + text_of(b));
    return {a[rows], b[columns]};
  }

  Shape reduced(const Shape& in) const {
    const auto gone = marked_axes(in.size(), !node_.without_axes_is_identity);
    Shape out;
    for (std::size_t d = 0; d < in.size(); ++d) {
      if (!gone[d])
        out.push_back(in[d]);
      else if (node_.keeps_dimensions)
        out.push_back(1);
    }
    return out;
  }

  Shape resized(const Shape& in) const {
    demand_image(in);
    const auto axes = resize_axes(node_, in, parameters());
    Shape out;
    for (const ResizeAxis& axis : axes) out.push_back(axis.size);
    if (out[0] != in[0] || out[1] != in[1])
      throw Error(ErrorCode::unsupported, "network: node '" + node_.name +
                                              "' resizes more than height and width: " +
                                              text_of(in) + " to " + text_of(out));
    return out;
  }

  Shape concatenated() const {
    Shape out = input(0);
    const std::size_t axis = axis_of(out);
    for (std::size_t i = 1; i < node_.inputs.size(); ++i) {
      Shape other = input(i);
      if (other.size() != out.size()) refuse(node_, "concatenates tensors of different rank");
      const std::int64_t joined = out[axis] + other[axis];
      other[axis] = out[axis];
      if (other != out) refuse(node_, "concatenates tensors of different sizes");
      out[axis] = joined;
    }
    return out;
  }

  Shape gathered(const Shape& in) const {
    const std::size_t axis = axis_of(in);
    const Constant& indices = whole_parameter(1);
    for (const std::int64_t index : indices.integers)
      if (index < -in[axis] || index >= in[axis]) refuse(node_, "gathers outside its input");
    Shape out(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(axis));
    out.insert(out.end(), indices.shape.begin(), indices.shape.end());
    out.insert(out.end(), in.begin() + static_cast<std::ptrdiff_t>(axis) + 1, in.end());
    return out;
  }

  Shape transposed(const Shape& in) const {
    if (node_.permutation.empty()) return {in.rbegin(), in.rend()};
    if (node_.permutation.size() != in.size()) refuse(node_, "permutes a different rank");
    Shape out;
    for (const std::int64_t d : node_.permutation) out.push_back(in[static_cast<std::size_t>(d)]);
    return out;
  }

  Shape reshaped(const Shape& in) const {
    Shape out = whole_parameter(1).integers;
    const std::int64_t count = element_count(in);
    std::int64_t known = 1;
    int open = -1;
    for (std::size_t d = 0; d < out.size(); ++d) {
      if (out[d] == 0 && d < in.size()) out[d] = in[d];
      if (out[d] == -1 && open < 0)
        open = static_cast<int>(d);
      else if (out[d] <= 0 || out[d] > count / known)
        refuse(node_, "cannot reshape " + text_of(in) + " as requested");
      else
        known *= out[d];
    }
    if (open >= 0 && count % known == 0) {
      out[static_cast<std::size_t>(open)] = count / known;
      known = count;
    }
    if (known != count) refuse(node_, "cannot reshape " + text_of(in) + " as requested");
    return out;
  }

  Shape squeezed(const Shape& in) const {
    const bool listed = has_input(1);
    const auto gone = marked_axes(in.size(), false);
    Shape out;
    for (std::size_t d = 0; d < in.size(); ++d) {
      if (listed && gone[d] && in[d] != 1) refuse(node_, "squeezes an axis larger than one");
      if (listed ? !gone[d] : in[d] != 1) out.push_back(in[d]);
    }
    return out;
  }

  Shape unsqueezed(const Shape& in) const {
    const auto added = marked_axes(in.size() + whole_parameter(1).integers.size(), false);
    Shape out;
    auto next = in.begin();
    for (const bool is_new : added) out.push_back(is_new ? 1 : *next++);
    return out;
  }

  const Node& node_;
  const InferredTensors& known_;
};

}  // namespace

Shape output_shape(const Node& node, const InferredTensors& known) {
  return Rule(node, known).output();
}

}  // namespace faceshot::engine
