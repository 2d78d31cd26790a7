#include "engine/ops/slicing.hpp"

#include <algorithm>

namespace faceshot::engine {
namespace {

SliceSteps everything(const Shape& input) {
  return {input, Shape(input.size(), 0), Shape(input.size(), 1)};
}

}  // namespace

SliceSteps slice_steps(const Node& node, const Shape& input,
                       const std::vector<const Constant*>& parameters) {
  SliceSteps steps = everything(input);
  const auto& starts = parameters[1]->integers;
  const auto& ends = parameters[2]->integers;
  const Constant* const axes = parameters.size() > 3 ? parameters[3] : nullptr;
  const Constant* const strides = parameters.size() > 4 ? parameters[4] : nullptr;
  if (ends.size() != starts.size() || (axes != nullptr && axes->integers.size() != starts.size()) ||
      (strides != nullptr && strides->integers.size() != starts.size()))
    reject(node, "has starts, ends, axes and steps of different lengths");
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::int64_t given = axes != nullptr ? axes->integers[i] : static_cast<std::int64_t>(i);
    const std::int64_t axis = normal_axis(given, input.size());
    if (axis < 0)
      reject(node, "slices an axis missing from its input of " + text_of(input) + " lacks");
    const auto d = static_cast<std::size_t>(axis);
    // ONNX clamps both ends; for a negative step the end may be one before the first element.
    const std::int64_t size = input[d];
    std::int64_t step = strides != nullptr ? strides->integers[i] : 1;
    if (step == 0) reject(node, "has a step of 0");
    step = std::clamp(step, -size - 1, size + 1);  // anything larger leaves the axis as well
    const auto from_end = [size](std::int64_t at) { return at < 0 ? at + size : at; };
    const std::int64_t lowest = step > 0 ? 0 : -1, highest = step > 0 ? size : size - 1;
    const std::int64_t first = std::clamp<std::int64_t>(
        from_end(starts[i]), step > 0 ? 0 : std::min<std::int64_t>(0, highest), highest);
    const std::int64_t last = std::clamp(from_end(ends[i]), lowest, highest);
    const std::int64_t span = step > 0 ? last - first : first - last;
    const std::int64_t stride = std::abs(step);
    steps.first[d] = first;
    steps.step[d] = step;
    steps.shape[d] = span > 0 ? (span + stride - 1) / stride : 0;
  }
  return steps;
}

SliceSteps slice_part_steps(const Node& node, const Shape& input) {
  SliceSteps steps = everything(input);
  const std::int64_t axis = normal_axis(node.axis, input.size());
  if (axis < 0)
    reject(node, "splits an axis missing from its input of " + text_of(input) + " lacks");
  const auto d = static_cast<std::size_t>(axis);
  const std::int64_t each = (input[d] + node.parts - 1) / node.parts;
  steps.first[d] = each * node.part;
  steps.shape[d] = std::min(each, input[d] - steps.first[d]);
  if (steps.shape[d] < 1)
    reject(node, "splits " + std::to_string(input[d]) + " elements into " +
                     std::to_string(node.parts) + " parts");
  return steps;
}

}  // namespace faceshot::engine
