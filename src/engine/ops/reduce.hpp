// Sums, means, maxima and norms along any axes.
#pragma once

#include "engine/graph/graph.hpp"
#include "engine/ops/loops.hpp"

namespace faceshot::engine {

/// On the calling thread. Arrays of the loops: in, and out with stride 0 along reduced axes.
/// @param outputs number of elements of `out`
/// @param inputs number of elements of `in` per output
void reduce(Reduction reduction, const Loops<2>& loops, const float* in, float* out,
            std::int64_t outputs, std::int64_t inputs);

}  // namespace faceshot::engine
