#include "engine/reference.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>
#include <utility>

#include "engine/reference_functions.hpp"
#include "engine/reference_windows.hpp"

namespace faceshot::testing {
namespace {

using engine::Node;
using engine::Op;
using engine::Reduction;
using engine::Shape;

/// A tensor of floats or integers, both as double.
struct Known {
  Shape shape;
  Values values;
  bool is_integer = false;
};

/// A shape, an index or the like. Beyond the size of any tensor all numbers mean the same.
std::int64_t to_index(double v) {
  constexpr double far = 1e15;
  return static_cast<std::int64_t>(std::min(std::max(v, -far), far));
}

std::vector<std::int64_t> to_indices(const Known& tensor) {
  std::vector<std::int64_t> all;
  for (const double v : tensor.values) all.push_back(to_index(v));
  return all;
}

/// Index into an operand for an index of the result: axes are aligned at the end, axes of size 1
/// are repeated.
Shape broadcast_index(const Shape& operand, const Shape& index) {
  Shape own;
  for (std::size_t d = 0; d < operand.size(); ++d)
    own.push_back(operand[d] == 1 ? 0 : index[index.size() - operand.size() + d]);
  return own;
}

Shape broadcast(Shape a, Shape b) {
  while (a.size() < b.size()) a.insert(a.begin(), 1);
  while (b.size() < a.size()) b.insert(b.begin(), 1);
  for (std::size_t d = 0; d < a.size(); ++d)
    if (a[d] == 1) a[d] = b[d];
  return a;
}

/// The indices that Slice takes along an axis of n, in order.
std::vector<std::int64_t> slice_indices(std::int64_t n, std::int64_t start, std::int64_t end,
                                        std::int64_t step) {
  if (start < 0) start += n;
  if (end < 0) end += n;
  std::vector<std::int64_t> taken;
  if (step > 0) {
    start = std::min(std::max<std::int64_t>(start, 0), n);
    end = std::min(std::max<std::int64_t>(end, 0), n);
    for (std::int64_t i = start; i < end; i += step) taken.push_back(i);
  } else {
    start = std::min(std::max<std::int64_t>(start, 0), n - 1);
    end = std::min(std::max<std::int64_t>(end, -1), n - 1);
    for (std::int64_t i = start; i > end; i += step) taken.push_back(i);
  }
  return taken;
}

/// An element of a resized axis is interpolated from `low` and the next one.
struct Between {
  std::int64_t low = 0, high = 0;
  double share = 0;  ///< of high
};

/// Resize's coordinate_transformation_mode and nearest_mode. In single precision: for positions
/// between two pixels, runtimes round the result of just that.
Between resize_source(const engine::Resize& how, std::int64_t at, std::int64_t in, std::int64_t out,
                      float scale) {
  const auto x = static_cast<float>(at);
  float source = x / scale;
  if (how.coordinates == engine::Coordinates::half_pixel ||
      (how.coordinates == engine::Coordinates::pytorch_half_pixel && out > 1))
    source = (x + 0.5F) / scale - 0.5F;
  else if (how.coordinates == engine::Coordinates::pytorch_half_pixel)
    source = 0;
  else if (how.coordinates == engine::Coordinates::align_corners)
    source = out == 1 ? 0 : x * static_cast<float>(in - 1) / static_cast<float>(out - 1);
  if (!how.linear) {
    const float below = std::floor(source), rest = source - below;
    bool up = false;
    if (how.rounding == engine::Rounding::ceil) up = rest > 0;
    if (how.rounding == engine::Rounding::prefer_ceil) up = rest >= 0.5F;
    if (how.rounding == engine::Rounding::prefer_floor) up = rest > 0.5F;
    source = below + (up ? 1.0F : 0.0F);
  }
  source = std::min(std::max(source, 0.0F), static_cast<float>(in - 1));
  const auto low = static_cast<std::int64_t>(std::floor(source));
  return {low, std::min(low + 1, in - 1), static_cast<double>(source) - static_cast<double>(low)};
}

/// A node with its inputs, and its result.
class Computation {
 public:
  Computation(const Node& node, const std::vector<Known>& tensors)
      : node_(node), tensors_(tensors) {}

  Known result() {
    out_.is_integer = x().is_integer;
    switch (node_.op) {
      case Op::conv:
        return image(convolution);
      case Op::conv_transpose:
        return image(transposed_convolution);
      case Op::max_pool:
      case Op::average_pool:
        return image(pooling);
      case Op::batch_norm:
        return each(in(), [&](const Shape& o) {
          const auto c = static_cast<std::size_t>(o[1]);
          return value(o) * static_cast<double>(node_.scale[c]) +
                 static_cast<double>(node_.shift[c]);
        });
      case Op::unary:
        return each(in(), [&](const Shape& o) { return function(node_.unary, value(o)); });
      case Op::binary:
        return each(broadcast(in(), in(1)), [&](const Shape& o) {
          const double v = combination(node_.binary, value(broadcast_index(in(), o)),
                                       value(broadcast_index(in(1), o), 1));
          return out_.is_integer ? std::trunc(v) : v;
        });
      case Op::matmul:
        return product();
      case Op::softmax:
        return softmax();
      case Op::lp_normalization:
        return lp_normalization();
      case Op::reduce:
        return reduction();
      case Op::resize:
        return resized();
      case Op::concat:
        return concatenation();
      case Op::slice:
        return sliced();
      case Op::slice_part:
        return part();
      case Op::gather:
        return gathered();
      case Op::transpose:
        return transposed();
      case Op::reshape:
        return reshaped(target_shape());
      case Op::flatten: {
        // The axis may equal the rank, too: everything is in front of it.
        const auto rank = static_cast<std::int64_t>(in().size());
        const auto at = in().begin() + (node_.axis < 0 ? node_.axis + rank : node_.axis);
        return reshaped({count_of({in().begin(), at}), count_of({at, in().end()})});
      }
      case Op::squeeze:
        return squeezed();
      case Op::unsqueeze:
        return unsqueezed();
      case Op::identity:
        return x();
      case Op::shape:
        return dimensions();
      case Op::cast:
        out_.is_integer = node_.to_integers;
        return each(in(), [&](const Shape& o) {
          return node_.to_integers ? std::trunc(value(o)) : value(o);
        });
      case Op::channels:  // these occur only in optimised graphs
      case Op::separable_conv:
      case Op::upsample_add:
      case Op::row_chain:
        break;
    }
    throw std::logic_error("the reference lacks this operator");
  }

 private:
  [[nodiscard]] bool has(std::size_t i) const {
    return i < node_.inputs.size() && node_.inputs[i] >= 0;
  }
  [[nodiscard]] const Known& x(std::size_t i = 0) const {
    return tensors_[static_cast<std::size_t>(node_.inputs[i])];
  }
  [[nodiscard]] const Shape& in(std::size_t i = 0) const { return x(i).shape; }
  [[nodiscard]] double value(const Shape& index, std::size_t i = 0) const {
    return x(i).values[at(in(i), index)];
  }
  [[nodiscard]] std::size_t axis_of(std::int64_t axis, std::size_t rank) const {
    return static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(rank) : axis);
  }
  [[nodiscard]] std::size_t axis() const { return axis_of(node_.axis, in().size()); }

  Known each(const Shape& shape, const std::function<double(const Shape&)>& compute) {
    out_.shape = shape;
    for_each_index(shape, [&](const Shape& o) { out_.values.push_back(compute(o)); });
    return out_;
  }
  Known image(Values (*compute)(const Node&, const Values&, const Shape&, Shape&)) {
    out_.values = compute(node_, x().values, in(), out_.shape);
    return out_;
  }
  Known reshaped(const Shape& shape) {
    out_.shape = shape;
    out_.values = x().values;
    return out_;
  }

  Known part() {
    const std::int64_t n = in()[axis()], each_part = (n + node_.parts - 1) / node_.parts;
    const std::int64_t first = each_part * node_.part;
    auto taken = all_indices();
    taken[axis()] = slice_indices(n, first, std::min(first + each_part, n), 1);
    return picked(taken);
  }

  Known dimensions() {
    const auto taken = slice_indices(static_cast<std::int64_t>(in().size()), node_.start,
                                     to_index(static_cast<double>(node_.end)), 1);
    out_.is_integer = true;
    out_.shape = {static_cast<std::int64_t>(taken.size())};
    for (const std::int64_t d : taken)
      out_.values.push_back(static_cast<double>(in()[static_cast<std::size_t>(d)]));
    return out_;
  }

  Known product() {
    const std::size_t rows = node_.transposes_a ? 1 : 0, columns = node_.transposes_b ? 0 : 1;
    const std::int64_t depth = in()[1 - rows];
    return each({in()[rows], in(1)[columns]}, [&](const Shape& o) {
      double sum = 0;
      for (std::int64_t k = 0; k < depth; ++k)
        sum += value(node_.transposes_a ? Shape{k, o[0]} : Shape{o[0], k}) *
               value(node_.transposes_b ? Shape{o[1], k} : Shape{k, o[1]}, 1);
      return sum;
    });
  }

  /// Where the sum of an element is kept: shared by all with the same indices except along `gone`.
  [[nodiscard]] std::size_t key(Shape index, const std::vector<bool>& gone) const {
    for (std::size_t d = 0; d < index.size(); ++d)
      if (gone[d]) index[d] = 0;
    return at(in(), index);
  }
  [[nodiscard]] Values sums(const std::vector<bool>& gone,
                            const std::function<double(double)>& f) const {
    Values sum(x().values.size(), 0.0);
    for_each_index(in(), [&](const Shape& i) { sum[key(i, gone)] += f(value(i)); });
    return sum;
  }
  [[nodiscard]] Values largest(const std::vector<bool>& gone) const {
    Values most(x().values.size(), -std::numeric_limits<double>::infinity());
    for_each_index(
        in(), [&](const Shape& i) { most[key(i, gone)] = std::max(most[key(i, gone)], value(i)); });
    return most;
  }

  Known softmax() {
    std::vector<bool> gone(in().size(), false);
    for (std::size_t d = axis(); d < gone.size(); ++d) gone[d] = d == axis() || node_.flattens;
    // Shifted by the largest value of each normalised group, so that exp does not overflow.
    const Values most = largest(gone);
    const auto shifted = [&](const Shape& i) { return std::exp(value(i) - most[key(i, gone)]); };
    Values sum(x().values.size(), 0.0);
    for_each_index(in(), [&](const Shape& i) { sum[key(i, gone)] += shifted(i); });
    return each(in(), [&](const Shape& o) { return shifted(o) / sum[key(o, gone)]; });
  }

  Known lp_normalization() {
    std::vector<bool> gone(in().size(), false);
    gone[axis()] = true;
    const Values sum = sums(gone, [&](double v) { return node_.norm == 1 ? std::abs(v) : v * v; });
    return each(in(), [&](const Shape& o) {
      const double s = sum[key(o, gone)], length = node_.norm == 1 ? s : std::sqrt(s);
      return length == 0 ? 0 : value(o) / length;
    });
  }

  Known reduction() {
    std::vector<bool> gone(in().size(), !node_.without_axes_is_identity);
    if (has(1) && !x(1).values.empty()) {
      gone.assign(gone.size(), false);
      for (const std::int64_t a : to_indices(x(1))) gone[axis_of(a, gone.size())] = true;
    }
    Shape kept, shape;
    double merged = 1;  // elements merged into one
    for (std::size_t d = 0; d < gone.size(); ++d) {
      kept.push_back(gone[d] ? 1 : in()[d]);
      if (!gone[d] || node_.keeps_dimensions) shape.push_back(kept.back());
      if (gone[d]) merged *= static_cast<double>(in()[d]);
    }
    const bool square = node_.reduction == Reduction::l2;
    const Values sum = sums(gone, [&](double v) { return square ? v * v : v; });
    const Values most = largest(gone);
    (void)each(kept, [&](const Shape& o) {
      const std::size_t k = at(in(), o);
      return node_.reduction == Reduction::mean  ? sum[k] / merged
             : node_.reduction == Reduction::max ? most[k]
             : square                            ? std::sqrt(sum[k])
                                                 : sum[k];
    });
    out_.shape = shape;
    return out_;
  }

  Known resized() {
    Shape shape = in();
    std::array<float, 4> scale{};
    for (std::size_t d = 0; d < 4; ++d) {
      const auto size = static_cast<float>(in()[d]);
      if (has(2) && !x(2).values.empty()) {
        shape[d] = to_index(x(2).values[d]);
        scale[d] = static_cast<float>(shape[d]) / size;
      } else {
        scale[d] = static_cast<float>(x(1).values[d]);
        shape[d] = static_cast<std::int64_t>(std::floor(size * scale[d]));
      }
    }
    const auto source = [&](std::size_t d, std::int64_t i) {
      return resize_source(node_.resize, i, in()[d], shape[d], scale[d]);
    };
    return each(shape, [&](const Shape& o) {
      const Between y = source(2, o[2]), z = source(3, o[3]);
      const auto pixel = [&](std::int64_t i, std::int64_t j) { return value({o[0], o[1], i, j}); };
      return (1 - y.share) * (1 - z.share) * pixel(y.low, z.low) +
             (1 - y.share) * z.share * pixel(y.low, z.high) +
             y.share * (1 - z.share) * pixel(y.high, z.low) +
             y.share * z.share * pixel(y.high, z.high);
    });
  }

  Known concatenation() {
    Shape shape = in();
    for (std::size_t i = 1; i < node_.inputs.size(); ++i) shape[axis()] += in(i)[axis()];
    return each(shape, [&](Shape o) {
      std::size_t i = 0;
      for (; o[axis()] >= in(i)[axis()]; ++i) o[axis()] -= in(i)[axis()];
      return value(o, i);
    });
  }

  [[nodiscard]] std::vector<std::vector<std::int64_t>> all_indices() const {
    std::vector<std::vector<std::int64_t>> taken;
    for (const std::int64_t n : in()) taken.push_back(slice_indices(n, 0, n, 1));
    return taken;
  }
  /// @param taken indices along each axis
  Known picked(const std::vector<std::vector<std::int64_t>>& taken) {
    Shape shape;
    for (const auto& along : taken) shape.push_back(static_cast<std::int64_t>(along.size()));
    return each(shape, [&](Shape o) {
      for (std::size_t d = 0; d < o.size(); ++d) o[d] = taken[d][static_cast<std::size_t>(o[d])];
      return value(o);
    });
  }

  Known sliced() {
    const auto starts = to_indices(x(1)), ends = to_indices(x(2));
    const auto axes = has(3) ? to_indices(x(3)) : std::vector<std::int64_t>();
    const auto steps = has(4) ? to_indices(x(4)) : std::vector<std::int64_t>();
    auto taken = all_indices();
    for (std::size_t i = 0; i < starts.size(); ++i) {
      const std::size_t d = has(3) ? axis_of(axes[i], in().size()) : i;
      taken[d] = slice_indices(in()[d], starts[i], ends[i], has(4) ? steps[i] : 1);
    }
    return picked(taken);
  }

  Known gathered() {
    const auto indices = to_indices(x(1));
    const auto a = static_cast<std::ptrdiff_t>(axis());
    const auto behind = a + static_cast<std::ptrdiff_t>(in(1).size());
    Shape shape(in().begin(), in().begin() + a);
    shape.insert(shape.end(), in(1).begin(), in(1).end());
    shape.insert(shape.end(), in().begin() + a + 1, in().end());
    return each(shape, [&](const Shape& o) {
      std::int64_t index = indices[at(in(1), {o.begin() + a, o.begin() + behind})];
      if (index < 0) index += in()[axis()];
      Shape from(o.begin(), o.begin() + a);
      from.push_back(index);
      from.insert(from.end(), o.begin() + behind, o.end());
      return value(from);
    });
  }

  Known transposed() {
    // Axis d of the result is axis order[d] of the input.
    std::vector<std::size_t> order;
    for (std::size_t d = 0; d < in().size(); ++d)
      order.push_back(node_.permutation.empty() ? in().size() - 1 - d
                                                : static_cast<std::size_t>(node_.permutation[d]));
    Shape shape;
    for (const std::size_t d : order) shape.push_back(in()[d]);
    return each(shape, [&](const Shape& o) {
      Shape from(o.size());
      for (std::size_t d = 0; d < o.size(); ++d) from[order[d]] = o[d];
      return value(from);
    });
  }

  /// Reshape's target: 0 keeps an axis, -1 takes the rest.
  [[nodiscard]] Shape target_shape() const {
    Shape shape = to_indices(x(1));
    std::int64_t others = 1;
    for (std::size_t d = 0; d < shape.size(); ++d) {
      if (shape[d] == 0) shape[d] = in()[d];
      if (shape[d] != -1) others *= shape[d];
    }
    for (std::int64_t& size : shape)
      if (size == -1) size = count_of(in()) / others;
    return shape;
  }

  Known squeezed() {
    std::vector<bool> gone;
    for (const std::int64_t size : in()) gone.push_back(size == 1);
    if (has(1)) {
      gone.assign(in().size(), false);
      for (const std::int64_t a : to_indices(x(1))) gone[axis_of(a, in().size())] = true;
    }
    Shape shape;
    for (std::size_t d = 0; d < in().size(); ++d)
      if (!gone[d]) shape.push_back(in()[d]);
    return reshaped(shape);
  }

  Known unsqueezed() {
    const auto axes = to_indices(x(1));
    Shape shape(in().size() + axes.size(), 0);
    for (const std::int64_t a : axes) shape[axis_of(a, shape.size())] = 1;
    auto next = in().begin();
    for (std::int64_t& size : shape)
      if (size == 0) size = *next++;
    return reshaped(shape);
  }

  const Node& node_;
  const std::vector<Known>& tensors_;
  Known out_;
};

}  // namespace

std::vector<Values> run_reference(const engine::Graph& graph, const Shape& input_shape,
                                  const std::vector<float>& input) {
  std::vector<Known> tensors(graph.tensors.size());
  for (std::size_t t = 0; t < tensors.size(); ++t)
    if (const auto& constant = graph.tensors[t].constant) {
      tensors[t] = {constant->shape, {}, constant->is_integer};
      Values& values = tensors[t].values;
      values.assign(constant->floats.begin(), constant->floats.end());
      for (const std::int64_t v : constant->integers) values.push_back(static_cast<double>(v));
    }
  Known& in = tensors[static_cast<std::size_t>(graph.inputs.front())];
  in = {input_shape, {input.begin(), input.end()}, false};
  for (const Node& node : graph.nodes)
    tensors[static_cast<std::size_t>(node.output)] = Computation(node, tensors).result();
  std::vector<Values> values;
  for (Known& tensor : tensors) values.push_back(std::move(tensor.values));
  return values;
}

}  // namespace faceshot::testing
