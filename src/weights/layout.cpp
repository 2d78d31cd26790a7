#include "weights/layout.hpp"

#include <functional>
#include <map>

#include "faceshot/error.hpp"
#include "weights/strided.hpp"

namespace faceshot::weights {
namespace {

/// The axis of the foreign array for each of ours.
std::vector<std::size_t> axes(Layout layout) {
  switch (layout) {
    case Layout::same:
      return {};
    case Layout::keras_kernel:
      return {3, 2, 0, 1};
    case Layout::keras_depthwise:  // channel and multiplier are then merged, in this order
      return {2, 3, 0, 1};
    case Layout::keras_dense:
      return {1, 0};
  }
  return {};
}

template <typename T>
std::vector<T> permuted(const std::vector<T>& values, const std::vector<std::size_t>& order) {
  if (values.size() != order.size())
    throw Error(ErrorCode::format, "an array of " + std::to_string(values.size()) +
                                       " dimensions was found where one of " +
                                       std::to_string(order.size()) + " is expected");
  std::vector<T> result;
  for (const std::size_t axis : order) result.push_back(values[axis]);
  return result;
}

}  // namespace

std::optional<KerasVariable> keras_variable(std::string_view variable, std::size_t rank) {
  static const std::map<std::string, KerasVariable, std::less<>> variables{
      {"kernel", {"weight", Layout::keras_kernel}},
      {"depthwise_kernel", {"weight", Layout::keras_depthwise}},
      {"bias", {"bias", Layout::same}},
      {"gamma", {"weight", Layout::same}},
      {"beta", {"bias", Layout::same}},
      {"moving_mean", {"running_mean", Layout::same}},
      {"moving_variance", {"running_var", Layout::same}}};
  const auto found = variables.find(variable);
  if (found == variables.end()) return std::nullopt;
  KerasVariable result = found->second;
  if (result.layout == Layout::keras_kernel && rank == 2) result.layout = Layout::keras_dense;
  const std::size_t wanted = result.layout == Layout::same ? 1 : axes(result.layout).size();
  if (rank != wanted) return std::nullopt;
  return result;
}

std::vector<std::int64_t> converted_shape(const std::vector<std::int64_t>& shape, Layout layout) {
  if (layout == Layout::same) return shape;
  std::vector<std::int64_t> result = permuted(shape, axes(layout));
  if (layout == Layout::keras_depthwise) {
    result[0] *= result[1];
    result[1] = 1;
  }
  return result;
}

WeightArray convert_layout(WeightArray array, Layout layout) {
  if (layout == Layout::same) return array;
  const std::vector<std::size_t> order = axes(layout);
  return {converted_shape(array.shape, layout),
          gather_strided(array.values, permuted(array.shape, order),
                         permuted(row_major_strides(array.shape), order), 0)};
}

}  // namespace faceshot::weights
