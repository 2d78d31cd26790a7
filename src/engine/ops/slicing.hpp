// Which elements of its input a Slice or one part of a Split takes.
#pragma once

#include <vector>

#include "engine/graph/graph.hpp"

namespace faceshot::engine {

/// Indexed by axis of the input.
struct SliceSteps {
  Shape shape;  ///< of the result
  Shape first;  ///< index of the first element
  Shape step;   ///< from one element to the next; may be negative
};

/// @param parameters of node.inputs: starts, ends, axes, steps from index 1 on; the last two may be
///        null
/// @throws Error(invalid_argument) for axes that do not exist and steps of 0
[[nodiscard]] SliceSteps slice_steps(const Node& node, const Shape& input,
                                     const std::vector<const Constant*>& parameters);

/// Part `node.part` of `node.parts` equal ones; the last may be smaller.
/// @throws Error(invalid_argument) if the axis does not exist or is too short
[[nodiscard]] SliceSteps slice_part_steps(const Node& node, const Shape& input);

}  // namespace faceshot::engine
