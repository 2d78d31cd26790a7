#include "engine/passes/constant_folding.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "engine/ops/broadcast.hpp"
#include "engine/ops/loops.hpp"
#include "engine/ops/slicing.hpp"
#include "engine/ops/unary.hpp"
#include "faceshot/error.hpp"

namespace faceshot::engine {
namespace {

constexpr std::int64_t most_elements = std::int64_t{1} << 24;

template <typename T>
const std::vector<T>& values(const Constant& constant) {
  if constexpr (std::is_same_v<T, float>)
    return constant.floats;
  else
    return constant.integers;
}

template <typename T>
std::vector<T> strided(const std::vector<T>& from, std::int64_t first, const Shape& strides,
                       const Shape& shape) {
  std::vector<T> to(static_cast<std::size_t>(element_count(shape)));
  if (!to.empty())
    copy_strided(make_loops<2>(shape, {strides, row_major_strides(shape)}), from.data() + first,
                 to.data());
  return to;
}

template <typename T>
std::vector<T> sliced(const Constant& from, const SliceSteps& steps) {
  Shape strides = row_major_strides(from.shape);
  std::int64_t first = 0;
  for (std::size_t d = 0; d < strides.size(); ++d) {
    first += steps.first[d] * strides[d];
    strides[d] *= steps.step[d];
  }
  return strided(values<T>(from), first, strides, steps.shape);
}

template <typename T>
std::vector<T> transposed(const Node& node, const Constant& from, const Shape& shape) {
  const Shape own = row_major_strides(from.shape);
  Shape strides(own.rbegin(), own.rend());
  for (std::size_t d = 0; d < node.permutation.size(); ++d)
    strides[d] = own[static_cast<std::size_t>(node.permutation[d])];
  return strided(values<T>(from), 0, strides, shape);
}

template <typename T>
std::vector<T> gathered(const Node& node, const Constant& from, const Constant& indices) {
  const std::int64_t axis = normal_axis(node.axis, from.shape.size());
  const auto at = from.shape.begin() + axis;
  const std::int64_t outer = element_count({from.shape.begin(), at});
  const std::int64_t inner = element_count({at + 1, from.shape.end()});
  std::vector<T> to;
  for (std::int64_t o = 0; o < outer; ++o) {
    for (const std::int64_t given : indices.integers) {
      const std::int64_t index = given < 0 ? given + *at : given;
      const auto first = values<T>(from).begin() + (o * *at + index) * inner;
      to.insert(to.end(), first, first + inner);
    }
  }
  return to;
}

template <typename T>
std::vector<T> concatenated(const Node& node, const std::vector<const Constant*>& inputs) {
  const std::int64_t axis = normal_axis(node.axis, inputs.front()->shape.size());
  const Shape& first = inputs.front()->shape;
  const std::int64_t outer = element_count({first.begin(), first.begin() + axis});
  std::vector<T> to;
  for (std::int64_t o = 0; o < outer; ++o) {
    for (const Constant* const input : inputs) {
      const std::int64_t block = static_cast<std::int64_t>(values<T>(*input).size()) / outer;
      const auto from = values<T>(*input).begin() + o * block;
      to.insert(to.end(), from, from + block);
    }
  }
  return to;
}

/// Integers wrap around, as in other runtimes; a file's arithmetic must not cause undefined
/// behaviour.
std::int64_t combined(const Node& node, std::int64_t a, std::int64_t b) {
  const auto x = static_cast<std::uint64_t>(a), y = static_cast<std::uint64_t>(b);
  switch (node.binary) {
    case Binary::add:
      return static_cast<std::int64_t>(x + y);
    case Binary::subtract:
      return static_cast<std::int64_t>(x - y);
    case Binary::multiply:
      return static_cast<std::int64_t>(x * y);
    case Binary::maximum:
      return std::max(a, b);
    case Binary::minimum:
      return std::min(a, b);
    default:
      if (b == 0)
        throw Error(ErrorCode::invalid_argument,
                    "network: node '" + node.name + "' divides a size by 0");
      return b == -1 ? static_cast<std::int64_t>(0 - x) : a / b;
  }
}

float combined(const Node& node, float a, float b) {
  switch (node.binary) {
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
    case Binary::maximum:
      return std::max(a, b);
    case Binary::minimum:
      return std::min(a, b);
    default:
      return a < 0 ? a * b : a;
  }
}

template <typename T>
std::vector<T> combined(const Node& node, const Constant& a, const Constant& b,
                        const Shape& shape) {
  std::vector<T> to(static_cast<std::size_t>(element_count(shape)));
  const auto loops =
      make_loops<3>(shape, {broadcast_strides(a.shape, shape), broadcast_strides(b.shape, shape),
                            row_major_strides(shape)});
  for_each_run(loops, [&](const std::array<std::int64_t, 3>& offset) {
    for (std::int64_t i = 0; i < loops.run_size(); ++i)
      to[static_cast<std::size_t>(offset[2] + i)] = combined(
          node, values<T>(a)[static_cast<std::size_t>(offset[0] + i * loops.run_stride(0))],
          values<T>(b)[static_cast<std::size_t>(offset[1] + i * loops.run_stride(1))]);
  });
  return to;
}

template <typename T>
bool is_all(const std::vector<const Constant*>& inputs) {
  return std::all_of(inputs.begin(), inputs.end(), [](const Constant* c) {
    return c != nullptr && c->is_integer == std::is_integral_v<T>;
  });
}

/// Computes the output's values if this operator has a rule for this kind of numbers.
/// @return false if it has none
template <typename T>
bool compute(const Node& node, const std::vector<const Constant*>& inputs, const Shape& shape,
             std::vector<T>& to) {
  const Constant& from = *inputs.front();
  switch (node.op) {
    case Op::reshape:
    case Op::flatten:
    case Op::squeeze:
    case Op::unsqueeze:
    case Op::identity:
      to = values<T>(from);
      return true;
    case Op::slice:
      to = sliced<T>(from, slice_steps(node, from.shape, inputs));
      return true;
    case Op::slice_part:
      to = sliced<T>(from, slice_part_steps(node, from.shape));
      return true;
    case Op::transpose:
      to = transposed<T>(node, from, shape);
      return true;
    case Op::gather:
      to = gathered<T>(node, from, *inputs[1]);
      return true;
    case Op::concat:
      if (!is_all<T>(inputs)) return false;
      to = concatenated<T>(node, inputs);
      return true;
    case Op::binary:
      if (!is_all<T>(inputs)) return false;
      if (std::is_integral_v<T> && (node.binary == Binary::power || node.binary == Binary::prelu))
        return false;
      to = combined<T>(node, from, *inputs[1], shape);
      return true;
    case Op::unary:
      if constexpr (std::is_same_v<T, float>) {
        to.resize(from.floats.size());
        apply(node.unary, from.floats.data(), to.data(), static_cast<std::int64_t>(to.size()));
        return true;
      }
      return false;
    default:
      return false;
  }
}

void cast(const Node& node, const Constant& from, Constant& to) {
  to.is_integer = node.to_integers;
  if (from.is_integer == to.is_integer) {
    to.floats = from.floats;
    to.integers = from.integers;
  } else if (from.is_integer) {
    for (const std::int64_t v : from.integers) to.floats.push_back(static_cast<float>(v));
  } else {
    for (const float v : from.floats) {
      if (!(std::abs(v) < 9.0e18F))
        throw Error(
            ErrorCode::invalid_argument,
            "network: node '" + node.name + "' converts a value that does not fit an integer");
      to.integers.push_back(static_cast<std::int64_t>(v));
    }
  }
}

}  // namespace

ConstantPtr evaluate(const Node& node, const std::vector<const Constant*>& inputs,
                     const Shape& output_shape) {
  if (inputs.empty() || inputs.front() == nullptr || element_count(output_shape) > most_elements)
    return nullptr;
  auto result = std::make_shared<Constant>();
  result->shape = output_shape;
  result->is_integer = inputs.front()->is_integer;
  if (node.op == Op::cast) {
    cast(node, *inputs.front(), *result);
    return result;
  }
  const bool computed = result->is_integer ? compute(node, inputs, output_shape, result->integers)
                                           : compute(node, inputs, output_shape, result->floats);
  return computed ? result : nullptr;
}

}  // namespace faceshot::engine
