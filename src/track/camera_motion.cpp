#include "faceshot/camera_motion.hpp"

#include <algorithm>
#include <cmath>

#include "faceshot/error.hpp"
#include "track/block_motion.hpp"
#include "track/luma_pyramid.hpp"

namespace faceshot {
inline namespace v0_1 {
namespace {

// Measured on films of photographs and of drawings: unrelated blocks differ by 0.7 to 0.95 even at
// the best match, those of one scene by 0.02 to 0.5, the most if a fast pan blurs them.
constexpr double cut_difference = 0.6;
constexpr double cut_ratio = 1.5;  ///< and this many times the usual difference
constexpr double usual_at_first = 0.1;
constexpr double usual_follows = 0.2;  ///< weight of a new frame in the average
constexpr std::size_t least_blocks = 12;

}  // namespace

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

CameraMotion CameraMotion::inverse() const noexcept {
  const double d = xx * yy - xy * yx;
  const CameraMotion m{yy / d, -xy / d, 0, -yx / d, xx / d, 0};
  return {m.xx, m.xy, -(m.xx * tx + m.xy * ty), m.yx, m.yy, -(m.yx * tx + m.yy * ty)};
}

struct CameraMotionEstimator::Impl {
  track::LumaPyramid planes[2];
  track::BlockMatcher matcher;
  track::SimilarityFit similarity;
  int now = 0;                    ///< index of the newest plane
  double usual = usual_at_first;  ///< difference of neighbouring frames, on average
  int width = 0, height = 0;      ///< of the previous frame
};

CameraMotionEstimator::CameraMotionEstimator() : impl_(std::make_unique<Impl>()) {}
CameraMotionEstimator::~CameraMotionEstimator() = default;
CameraMotionEstimator::CameraMotionEstimator(CameraMotionEstimator&&) noexcept = default;
CameraMotionEstimator& CameraMotionEstimator::operator=(CameraMotionEstimator&&) noexcept = default;

void CameraMotionEstimator::reset() noexcept {
  for (track::LumaPyramid& plane : impl_->planes) plane.forget();
  impl_->usual = usual_at_first;
}

FrameChange CameraMotionEstimator::next(const ImageView& frame) {
  if (frame.empty()) throw Error(ErrorCode::invalid_argument, "there is no frame");
  Impl& m = *impl_;
  m.now = 1 - m.now;
  const track::LumaPyramid& before = m.planes[1 - m.now];
  track::LumaPyramid& now = m.planes[m.now];
  now.take(frame);
  const bool resized = frame.width != m.width || frame.height != m.height;
  m.width = frame.width;
  m.height = frame.height;
  FrameChange change;
  if (!before.taken()) return change;
  if (resized) {
    change.cut = true;
    change.difference = 1;
    m.usual = usual_at_first;
    return change;
  }
  const auto matches = m.matcher.match(before, now);
  double unlike = 0;
  for (const track::BlockMatch& match : matches) unlike += 1 - std::max(0.0, match.likeness);
  if (!matches.empty()) unlike /= static_cast<double>(matches.size());
  change.difference = static_cast<float>(unlike);
  if (matches.size() >= least_blocks && unlike > cut_difference && unlike > cut_ratio * m.usual) {
    change.cut = true;
    m.usual = usual_at_first;
    return change;
  }
  m.usual += usual_follows * (unlike - m.usual);
  change.motion = m.similarity.fit(matches);
  const double factor = now.factor();
  change.motion.tx *= factor;
  change.motion.ty *= factor;
  if (!change.motion.sane()) change.motion = {};
  return change;
}

}  // namespace v0_1
}  // namespace faceshot
