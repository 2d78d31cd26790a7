#include "loss/landmark_loss.hpp"

#include <cassert>
#include <cmath>
#include <cstddef>

#include "faceshot/error.hpp"

namespace faceshot::loss {
namespace {

double difference(const LandmarkOffsets& predicted, const LandmarkOffsets& target, std::size_t i) {
  return static_cast<double>(predicted[i]) - static_cast<double>(target[i]);
}

}  // namespace

LandmarkLossKind landmark_loss_from_name(const std::string& name) {
  if (name == "smooth_l1") return LandmarkLossKind::smooth_l1;
  if (name == "wing") return LandmarkLossKind::wing;
  throw Error(ErrorCode::invalid_argument,
              "loss.landmark_loss is '" + name + "'; it must be smooth_l1 or wing");
}

LandmarkLoss smooth_l1_landmarks(const LandmarkOffsets& predicted, const LandmarkOffsets& target,
                                 double beta) {
  assert(beta > 0);
  LandmarkLoss loss;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    const double d = difference(predicted, target, i);
    const double a = std::abs(d);
    loss.value += a < beta ? 0.5 * d * d / beta : a - 0.5 * beta;
    loss.gradient[i] = a < beta ? d / beta : std::copysign(1.0, d);
  }
  return loss;
}

LandmarkLoss wing_landmarks(const LandmarkOffsets& predicted, const LandmarkOffsets& target,
                            double width, double curvature) {
  assert(width > 0 && curvature > 0);
  const double offset = width - width * std::log1p(width / curvature);
  LandmarkLoss loss;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    const double d = difference(predicted, target, i);
    const double a = std::abs(d);
    loss.value += a < width ? width * std::log1p(a / curvature) : a - offset;
    const double slope = a < width ? width / (curvature + a) : 1.0;
    loss.gradient[i] = d == 0 ? 0.0 : std::copysign(slope, d);
  }
  return loss;
}

}  // namespace faceshot::loss
