#include "engine/reference.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

#include "engine/reference_windows.hpp"
#include "engine/resize_table.hpp"
#include "engine/shape_inference.hpp"
#include "engine/slicing.hpp"

namespace faceshot::testing {
namespace {

using engine::Binary;
using engine::Function;
using engine::Node;
using engine::Op;
using engine::Reduction;
using engine::Shape;

double function(const engine::Unary& f, double x) {
  const double alpha = static_cast<double>(f.alpha), beta = static_cast<double>(f.beta);
  const auto between = [](double v, double low, double high) {
    return std::min(std::max(v, low), high);
  };
  switch (f.function) {
    case Function::none:
      return x;
    case Function::relu:
      return x > 0 ? x : 0;
    case Function::leaky_relu:
      return x < 0 ? alpha * x : x;
    case Function::clip:
      return between(x, alpha, beta);
    case Function::sigmoid:
      return 1 / (1 + std::exp(-x));
    case Function::hard_sigmoid:
      return between(alpha * x + beta, 0, 1);
    case Function::hard_swish:
      return x * between(x / 6 + 0.5, 0, 1);
    case Function::tanh:
      return std::tanh(x);
    case Function::elu:
      return x < 0 ? alpha * (std::exp(x) - 1) : x;
    case Function::softplus:
      return std::log(1 + std::exp(x));
    case Function::exp:
      return std::exp(x);
    case Function::log:
      return std::log(x);
    case Function::sqrt:
      return std::sqrt(x);
    case Function::abs:
      return std::abs(x);
    case Function::negate:
      return -x;
    case Function::reciprocal:
      return 1 / x;
    case Function::floor:
      return std::floor(x);
    case Function::ceil:
      return std::ceil(x);
  }
  throw std::logic_error("the reference lacks this function");
}

double combination(Binary f, double a, double b) {
  switch (f) {
    case Binary::add:
      return a + b;
    case Binary::subtract:
      return a - b;
    case Binary::multiply:
      return a * b;
    case Binary::divide:
      return a / b;
    case Binary::power:
      return std::pow(a, b);
    case Binary::prelu:
      return a < 0 ? a * b : a;
    case Binary::maximum:
      return a > b ? a : b;
    case Binary::minimum:
      return a < b ? a : b;
  }
  throw std::logic_error("the reference lacks this operation");
}

/// Index of an operand for an index of the result: axes aligned at the end, those of one repeated.
Shape broadcast_index(const Shape& operand, const Shape& index) {
  Shape own;
  for (std::size_t d = 0; d < operand.size(); ++d)
    own.push_back(operand[d] == 1 ? 0 : index[index.size() - operand.size() + d]);
  return own;
}

/// A node with all that is known about its inputs and output.
class Computation {
 public:
  Computation(const Node& node, const engine::InferredTensors& known,
              const std::vector<Values>& values)
      : node_(node), known_(known), values_(values) {}

  Values result() const {
    switch (node_.op) {
      case Op::conv:
        return convolution(node_, x(), in(), out());
      case Op::conv_transpose:
        return transposed_convolution(node_, x(), in(), out());
      case Op::max_pool:
      case Op::average_pool:
        return pooling(node_, x(), in(), out());
      case Op::batch_norm:
        return each([&](const Shape& o) {
          const auto c = static_cast<std::size_t>(o[1]);
          return x()[at(in(), o)] * static_cast<double>(node_.scale[c]) +
                 static_cast<double>(node_.shift[c]);
        });
      case Op::unary:
        return each([&](const Shape& o) { return function(node_.unary, x()[at(in(), o)]); });
      case Op::binary:
        return each([&](const Shape& o) {
          return combination(node_.binary, x()[at(in(), broadcast_index(in(), o))],
                             x(1)[at(in(1), broadcast_index(in(1), o))]);
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
        return sliced(engine::slice_steps(node_, in(), parameters()));
      case Op::slice_part:
        return sliced(engine::slice_part_steps(node_, in()));
      case Op::gather:
        return gathered();
      case Op::transpose:
        return each([&](const Shape& o) {
          Shape from(o.size());
          for (std::size_t d = 0; d < o.size(); ++d)
            from[node_.permutation.empty() ? o.size() - 1 - d
                                           : static_cast<std::size_t>(node_.permutation[d])] = o[d];
          return x()[at(in(), from)];
        });
      case Op::reshape:
      case Op::flatten:
      case Op::squeeze:
      case Op::unsqueeze:
      case Op::identity:
      case Op::cast:
        return x();
      case Op::channels:  // these are of optimised graphs only
      case Op::separable_conv:
      case Op::upsample_add:
      case Op::row_chain:
      case Op::shape:
        break;
    }
    throw std::logic_error("the reference lacks this operator");
  }

 private:
  const Values& x(std::size_t i = 0) const {
    return values_[static_cast<std::size_t>(node_.inputs[i])];
  }
  const Shape& in(std::size_t i = 0) const {
    return known_.shapes[static_cast<std::size_t>(node_.inputs[i])];
  }
  const Shape& out() const { return known_.shapes[static_cast<std::size_t>(node_.output)]; }
  std::vector<const engine::Constant*> parameters() const {
    std::vector<const engine::Constant*> found;
    for (const int input : node_.inputs)
      found.push_back(input < 0 ? nullptr : known_.values[static_cast<std::size_t>(input)].get());
    return found;
  }
  std::size_t axis() const {
    return static_cast<std::size_t>(
        node_.axis < 0 ? node_.axis + static_cast<std::int64_t>(in().size()) : node_.axis);
  }

  Values each(const std::function<double(const Shape&)>& value) const {
    Values y;
    for_each_index(out(), [&](const Shape& o) { y.push_back(value(o)); });
    return y;
  }

  Values product() const {
    const std::int64_t depth = in()[node_.transposes_a ? 0 : 1];
    return each([&](const Shape& o) {
      double sum = 0;
      for (std::int64_t k = 0; k < depth; ++k)
        sum += x()[at(in(), node_.transposes_a ? Shape{k, o[0]} : Shape{o[0], k})] *
               x(1)[at(in(1), node_.transposes_b ? Shape{o[1], k} : Shape{k, o[1]})];
      return sum;
    });
  }

  /// Sum of f over the elements that share all indices but those along `gone`, by output element.
  Values sums(const std::vector<bool>& gone, const std::function<double(double)>& f) const {
    Values sum(x().size(), 0.0);
    std::size_t n = 0;
    for_each_index(in(), [&](const Shape& i) { sum[key(i, gone)] += f(x()[n++]); });
    return sum;
  }
  std::size_t key(Shape index, const std::vector<bool>& gone) const {
    for (std::size_t d = 0; d < index.size(); ++d)
      if (gone[d]) index[d] = 0;
    return at(in(), index);
  }

  Values softmax() const {
    std::vector<bool> gone(in().size(), false);
    for (std::size_t d = axis(); d < gone.size(); ++d) gone[d] = d == axis() || node_.flattens;
    // Shifted by the largest of what is normalised together, so that exp does not overflow.
    Values largest(x().size(), -std::numeric_limits<double>::infinity()), shifted;
    for_each_index(in(), [&](const Shape& i) {
      largest[key(i, gone)] = std::max(largest[key(i, gone)], x()[at(in(), i)]);
    });
    Values sum(x().size(), 0.0);
    for_each_index(in(), [&](const Shape& i) {
      const std::size_t k = key(i, gone);
      shifted.push_back(std::exp(x()[at(in(), i)] - largest[k]));
      sum[k] += shifted.back();
    });
    return each([&](const Shape& o) { return shifted[at(in(), o)] / sum[key(o, gone)]; });
  }

  Values lp_normalization() const {
    std::vector<bool> gone(in().size(), false);
    gone[axis()] = true;
    const Values sum = sums(gone, [&](double v) { return node_.norm == 1 ? std::abs(v) : v * v; });
    return each([&](const Shape& o) {
      const double s = sum[key(o, gone)], length = node_.norm == 1 ? s : std::sqrt(s);
      return length == 0 ? 0 : x()[at(in(), o)] / length;
    });
  }

  Values reduction() const {
    std::vector<bool> gone(in().size(), !node_.without_axes_is_identity);
    const auto given = parameters();
    if (given.size() > 1 && !given[1]->integers.empty()) {
      gone.assign(gone.size(), false);
      for (const std::int64_t a : given[1]->integers)
        gone[static_cast<std::size_t>(a < 0 ? a + static_cast<std::int64_t>(in().size()) : a)] =
            true;
    }
    Shape kept = in();
    for (std::size_t d = 0; d < kept.size(); ++d)
      if (gone[d]) kept[d] = 1;
    const bool square = node_.reduction == Reduction::l2;
    const Values sum = sums(gone, [&](double v) { return square ? v * v : v; });
    Values largest(x().size(), -std::numeric_limits<double>::infinity());
    std::size_t n = 0;
    for_each_index(in(), [&](const Shape& i) {
      largest[key(i, gone)] = std::max(largest[key(i, gone)], x()[n++]);
    });
    const double share = static_cast<double>(engine::element_count(kept)) /
                         static_cast<double>(engine::element_count(in()));
    Values y;
    for_each_index(kept, [&](const Shape& o) {
      const std::size_t k = at(in(), o);
      y.push_back(node_.reduction == Reduction::mean  ? sum[k] * share
                  : node_.reduction == Reduction::max ? largest[k]
                  : square                            ? std::sqrt(sum[k])
                                                      : sum[k]);
    });
    return y;
  }

  Values resized() const {
    const auto axes = engine::resize_axes(node_, in(), parameters());
    const auto rows = engine::resize_table(node_.resize, in()[2], axes[2]);
    const auto columns = engine::resize_table(node_.resize, in()[3], axes[3]);
    return each([&](const Shape& o) {
      const auto r = static_cast<std::size_t>(o[2]), c = static_cast<std::size_t>(o[3]);
      const auto pixel = [&](std::int64_t i, std::int64_t j) {
        return x()[at(in(), {o[0], o[1], i, j})];
      };
      const double down = static_cast<double>(rows.share[r]);
      const double along = static_cast<double>(columns.share[c]);
      return (1 - down) * (1 - along) * pixel(rows.first[r], columns.first[c]) +
             (1 - down) * along * pixel(rows.first[r], columns.second[c]) +
             down * (1 - along) * pixel(rows.second[r], columns.first[c]) +
             down * along * pixel(rows.second[r], columns.second[c]);
    });
  }

  Values concatenation() const {
    Values y(static_cast<std::size_t>(engine::element_count(out())));
    std::int64_t start = 0;
    for (std::size_t i = 0; i < node_.inputs.size(); ++i) {
      std::size_t n = 0;
      for_each_index(in(i), [&](Shape index) {
        index[axis()] += start;
        y[at(out(), index)] = x(i)[n++];
      });
      start += in(i)[axis()];
    }
    return y;
  }

  Values sliced(const engine::SliceSteps& steps) const {
    return each([&](Shape o) {
      for (std::size_t d = 0; d < o.size(); ++d) o[d] = steps.first[d] + o[d] * steps.step[d];
      return x()[at(in(), o)];
    });
  }

  Values gathered() const {
    const engine::Constant& indices = *parameters()[1];
    return each([&](const Shape& o) {
      const auto a = static_cast<std::ptrdiff_t>(axis());
      const auto behind = a + static_cast<std::ptrdiff_t>(indices.shape.size());
      std::int64_t index = indices.integers[at(indices.shape, {o.begin() + a, o.begin() + behind})];
      if (index < 0) index += in()[axis()];
      Shape from(o.begin(), o.begin() + a);
      from.push_back(index);
      from.insert(from.end(), o.begin() + behind, o.end());
      return x()[at(in(), from)];
    });
  }

  const Node& node_;
  const engine::InferredTensors& known_;
  const std::vector<Values>& values_;
};

}  // namespace

std::vector<Values> run_reference(const engine::Graph& graph, const Shape& input_shape,
                                  const std::vector<float>& input) {
  const auto known = engine::infer_tensors(graph, input_shape);
  std::vector<Values> values(graph.tensors.size());
  for (std::size_t t = 0; t < values.size(); ++t)
    if (const auto& constant = graph.tensors[t].constant)
      values[t].assign(constant->floats.begin(), constant->floats.end());
  values[static_cast<std::size_t>(graph.inputs.front())].assign(input.begin(), input.end());
  for (const Node& node : graph.nodes) {
    const auto& value = known.values[static_cast<std::size_t>(node.output)];
    if (value != nullptr && value->whole) continue;  // a shape, not a tensor
    values[static_cast<std::size_t>(node.output)] = Computation(node, known, values).result();
  }
  return values;
}

}  // namespace faceshot::testing
