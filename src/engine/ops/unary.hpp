// Functions of single elements.
#pragma once

#include <cstdint>

#include "engine/graph/graph.hpp"

namespace faceshot::engine {

/// out[i] = f(in[i]) on the calling thread; `in` may be `out`.
void apply(const Unary& unary, const float* in, float* out, std::int64_t count);

}  // namespace faceshot::engine
