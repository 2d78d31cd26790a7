// Functions of two elements, with broadcasting.
#pragma once

#include "engine/graph/graph.hpp"
#include "engine/ops/loops.hpp"

namespace faceshot::engine {

/// out = f(a, b) on the calling thread. Arrays of the loops: a, b, out; out is dense and may be a
/// or b if that is dense too.
void apply(Binary binary, const Loops<3>& loops, const float* a, const float* b, float* out);

}  // namespace faceshot::engine
