// Losses for the five landmarks of a face. Pure, thread safe, defined for any finite input.
#pragma once

#include <array>
#include <string>

#include "faceshot/landmarks.hpp"

namespace faceshot::loss {

/// smooth_l1: Girshick 2015, applied to points as in RetinaFace (Deng et al., CVPR 2020).
/// wing: Feng et al., "Wing Loss for Robust Facial Landmark Localisation with Convolutional Neural
/// Networks", CVPR 2018: steeper than L1 close to the target, so that small errors count too.
enum class LandmarkLossKind { smooth_l1, wing };

/// @throws Error(invalid_argument) listing the names
[[nodiscard]] LandmarkLossKind landmark_loss_from_name(const std::string& name);

/// A loss with its gradient with respect to the ten offsets.
struct LandmarkLoss {
  double value = 0;
  std::array<double, 10> gradient{};
};

/// Smooth L1 summed over the ten offsets: d^2 / (2 beta) for |d| < beta, otherwise |d| - beta / 2.
/// @pre beta > 0
[[nodiscard]] LandmarkLoss smooth_l1_landmarks(const LandmarkOffsets& predicted,
                                               const LandmarkOffsets& target, double beta = 1.0);

/// Wing loss summed over the ten offsets (their eq. 5): width * ln(1 + |d| / curvature) for
/// |d| < width, otherwise |d| - C with the C that makes it continuous. Its gradient at d = 0, where
/// it has a corner, is defined as 0.
/// @pre width > 0, curvature > 0
[[nodiscard]] LandmarkLoss wing_landmarks(const LandmarkOffsets& predicted,
                                          const LandmarkOffsets& target, double width,
                                          double curvature);

}  // namespace faceshot::loss
