// Gradient clipping by the norm of all of them (Pascanu et al. 2013).
#pragma once

#include "model/torch_network.hpp"

namespace faceshot::train {

/// If the Euclidean norm of all gradients together is over `largest_norm`, scales them down to it:
/// by largest_norm / (norm + 1e-6), as torch.nn.utils.clip_grad_norm_, but in one pass instead of
/// an operator or two for each parameter. Parameters without a gradient do not count.
/// @param largest_norm > 0
void clip_gradients(const model::TorchNetwork& network, double largest_norm);

}  // namespace faceshot::train
