#include "loss/location_loss.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "faceshot/error.hpp"
#include "loss/dual.hpp"

namespace faceshot::loss {

IouLoss iou_loss_from_name(const std::string& name) {
  if (name == "none") return IouLoss::none;
  if (name == "iou") return IouLoss::iou;
  if (name == "giou") return IouLoss::giou;
  if (name == "diou") return IouLoss::diou;
  if (name == "ciou") return IouLoss::ciou;
  if (name == "eiou") return IouLoss::eiou;
  throw Error(ErrorCode::invalid_argument,
              "loss.iou_loss is '" + name + "'; it must be none, iou, giou, diou, ciou or eiou");
}

LocationLoss smooth_l1(const BoxOffsets& predicted, const BoxOffsets& target, double beta) {
  LocationLoss loss;
  for (std::size_t i = 0; i < 4; ++i) {
    const double d = static_cast<double>(predicted[i]) - static_cast<double>(target[i]);
    const double a = std::abs(d);
    loss.value += a < beta ? 0.5 * d * d / beta : a - 0.5 * beta;
    loss.gradient[i] = a < beta ? d / beta : (d > 0 ? 1.0 : -1.0);
  }
  return loss;
}

LocationLoss iou_loss(IouLoss kind, const BoxOffsets& predicted, const Prior& prior,
                      const std::array<float, 4>& variances, const Box& target) {
  if (kind == IouLoss::none) return {};
  const auto variable = [&](std::size_t i) {
    return Dual4::variable(static_cast<double>(predicted[i]), i);
  };
  // The same limit as in decode(), on both sides: exp() stays finite and positive.
  const auto size = [&](std::size_t i, float base) {
    constexpr double limit = 6.9077553;
    const Dual4 exponent = variable(i) * Dual4(variances[i]);
    return Dual4(base) * exp(max(min(exponent, Dual4(limit)), Dual4(-limit)));
  };
  const Dual4 cx = Dual4(prior.cx) + variable(0) * Dual4(variances[0]) * Dual4(prior.w);
  const Dual4 cy = Dual4(prior.cy) + variable(1) * Dual4(variances[1]) * Dual4(prior.h);
  const Dual4 w = size(2, prior.w);
  const Dual4 h = size(3, prior.h);
  const Dual4 half(0.5);
  const Dual4 x1 = cx - half * w;
  const Dual4 x2 = cx + half * w;
  const Dual4 y1 = cy - half * h;
  const Dual4 y2 = cy + half * h;

  const Dual4 tx1(target.x1);
  const Dual4 ty1(target.y1);
  const Dual4 tx2(target.x2);
  const Dual4 ty2(target.y2);
  const Dual4 zero(0);
  const Dual4 shared =
      max(min(x2, tx2) - max(x1, tx1), zero) * max(min(y2, ty2) - max(y1, ty1), zero);
  const Dual4 united = w * h + (tx2 - tx1) * (ty2 - ty1) - shared;
  const Dual4 overlap = shared / united;
  const Dual4 hull_w = max(x2, tx2) - min(x1, tx1);
  const Dual4 hull_h = max(y2, ty2) - min(y1, ty1);

  Dual4 loss = Dual4(1) - overlap;
  if (kind == IouLoss::giou) {
    const Dual4 hull = hull_w * hull_h;
    loss = loss + (hull - united) / hull;
  } else if (kind == IouLoss::diou || kind == IouLoss::ciou || kind == IouLoss::eiou) {
    const Dual4 dx = cx - half * (tx1 + tx2);
    const Dual4 dy = cy - half * (ty1 + ty2);
    loss = loss + (dx * dx + dy * dy) / (hull_w * hull_w + hull_h * hull_h);
    if (kind == IouLoss::ciou) {
      const Dual4 angle = atan((tx2 - tx1) / (ty2 - ty1)) - atan(w / h);
      const Dual4 v = Dual4(4 / (std::numbers::pi * std::numbers::pi)) * angle * angle;
      const double denominator = 1 - overlap.value + v.value;
      const double alpha = denominator > 0 ? v.value / denominator : 0.0;
      loss = loss + Dual4(alpha) * v;
    } else if (kind == IouLoss::eiou) {
      const Dual4 dw = w - (tx2 - tx1);
      const Dual4 dh = h - (ty2 - ty1);
      loss = loss + dw * dw / (hull_w * hull_w) + dh * dh / (hull_h * hull_h);
    }
  }
  return {loss.value, loss.gradient};
}

}  // namespace faceshot::loss
