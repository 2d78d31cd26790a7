#include "faceshot/camera_motion.hpp"

#include <cmath>

#include "faceshot/error.hpp"

namespace faceshot {

double CameraMotion::scale() const noexcept { return std::sqrt(std::abs(xx * yy - xy * yx)); }

bool CameraMotion::sane() const noexcept {
  for (const double value : {xx, xy, tx, yx, yy, ty})
    if (!std::isfinite(value) || std::abs(value) > 1e6) return false;
  const double area = xx * yy - xy * yx;
  return area >= 1.0 / 16 && area <= 16;
}

CameraMotion CameraMotion::then(const CameraMotion& n) const noexcept {
  return {n.xx * xx + n.xy * yx, n.xx * xy + n.xy * yy, n.xx * tx + n.xy * ty + n.tx,
          n.yx * xx + n.yy * yx, n.yx * xy + n.yy * yy, n.yx * tx + n.yy * ty + n.ty};
}

struct CameraMotionEstimator::Impl {};

CameraMotionEstimator::CameraMotionEstimator() : impl_(std::make_unique<Impl>()) {}
CameraMotionEstimator::~CameraMotionEstimator() = default;
CameraMotionEstimator::CameraMotionEstimator(CameraMotionEstimator&&) noexcept = default;
CameraMotionEstimator& CameraMotionEstimator::operator=(CameraMotionEstimator&&) noexcept = default;
void CameraMotionEstimator::reset() noexcept {}

FrameChange CameraMotionEstimator::next(const ImageView& frame) {
  if (frame.empty()) throw Error(ErrorCode::invalid_argument, "there is no frame to look at");
  return {};
}

}  // namespace faceshot
