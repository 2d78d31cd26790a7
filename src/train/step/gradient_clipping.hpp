// Gradient clipping by the norm of all gradients (Pascanu et al. 2013).
#pragma once

#include "model/torch_network.hpp"

namespace faceshot::train {

/// If the Euclidean norm of all gradients together exceeds `largest_norm`, scales them down to it:
/// by largest_norm / (norm + 1e-6), as in torch.nn.utils.clip_grad_norm_, but in one pass instead
/// of an operator or two per parameter. Parameters without a gradient do not count.
/// @param largest_norm > 0
void clip_gradients(const model::TorchNetwork& network, double largest_norm);

}  // namespace faceshot::train
