// Normalisation along one axis of [outer, size, inner]. On the calling thread.
#pragma once

#include "engine/ops/place.hpp"

namespace faceshot::engine {

/// exp(x) divided by the sum of exp(x).
void softmax(const AroundAxis& around, const float* in, float* out);

/// x divided by its L1 or L2 norm; 0 if the norm is 0, as in ONNX Runtime.
void lp_normalise(const AroundAxis& around, std::int64_t norm, const float* in, float* out);

}  // namespace faceshot::engine
