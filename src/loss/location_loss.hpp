// Losses for the location of a box. Pure, thread safe, defined for any finite input.
#pragma once

#include <array>
#include <string>

#include "faceshot/box.hpp"
#include "faceshot/box_coding.hpp"
#include "faceshot/prior.hpp"

namespace faceshot::loss {

/// Losses of the IoU family, 1 - IoU + penalty:
/// giou: Rezatofighi et al., CVPR 2019; diou and ciou: Zheng et al., AAAI 2020 (ciou's alpha is
/// treated as a constant in the gradient, as in the paper). eiou: Zhang et al., Neurocomputing
/// 2022.
enum class IouLoss { none, iou, giou, diou, ciou, eiou };

/// @throws Error(invalid_argument) listing the names
[[nodiscard]] IouLoss iou_loss_from_name(const std::string& name);

/// A loss with its gradient with respect to the four offsets.
struct LocationLoss {
  double value = 0;
  std::array<double, 4> gradient{};
};

/// Smooth L1 (Huber with delta `beta`, divided by beta; Girshick 2015), summed over the four
/// offsets.
[[nodiscard]] LocationLoss smooth_l1(const BoxOffsets& predicted, const BoxOffsets& target,
                                     double beta = 1.0);

/// IoU-family loss of the box that `predicted` decodes to against `target`.
/// @pre target.valid()
[[nodiscard]] LocationLoss iou_loss(IouLoss kind, const BoxOffsets& predicted, const Prior& prior,
                                    const std::array<float, 4>& variances, const Box& target);

}  // namespace faceshot::loss
