// Sums, means, maxima and lengths along any axes.
#pragma once

#include "engine/graph/graph.hpp"
#include "engine/ops/loops.hpp"

namespace faceshot::engine {

/// On the calling thread. Arrays of the loops: in, and out with stride 0 along what is reduced.
/// @param outputs how many elements of `out` there are
/// @param inputs how many elements of `in` go into each
void reduce(Reduction reduction, const Loops<2>& loops, const float* in, float* out,
            std::int64_t outputs, std::int64_t inputs);

}  // namespace faceshot::engine
