// Functions of single elements in oneDNN's terms.
#pragma once

#include <dnnl.hpp>

#include <vector>

#include "engine/graph/graph.hpp"

namespace faceshot::engine {

struct EltwiseStep {
  dnnl::algorithm algorithm = dnnl::algorithm::undef;
  float alpha = 0, beta = 0;
};

/// The function as one or two of oneDNN's, applied in turn; empty if oneDNN has no equivalent.
[[nodiscard]] std::vector<EltwiseStep> eltwise_steps(const Unary& unary);

}  // namespace faceshot::engine
