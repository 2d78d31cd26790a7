// Normalisation along one axis of [outer, size, inner]. On the calling thread.
#pragma once

#include "engine/ops/place.hpp"

namespace faceshot::engine {

/// exp(x) over the sum of exp(x).
void softmax(const AroundAxis& around, const float* in, float* out);

/// x over its L1 or L2 norm; 0 where that is 0, as ONNX Runtime does.
void lp_normalise(const AroundAxis& around, std::int64_t norm, const float* in, float* out);

}  // namespace faceshot::engine
