#include "video/live/schedule/motion_gate.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "faceshot/error.hpp"

namespace faceshot::video {
namespace {

constexpr int gate_block = 16;

std::uint32_t sum_of(const std::uint8_t* row, int count) {
  std::uint32_t sum = 0;
  for (int i = 0; i < count; ++i) sum += row[i];
  return sum;
}

}  // namespace

MotionGate::MotionGate(const MotionGateOptions& options) : options_(options) {
  if (!(options.threshold > 0) || !(options.most_still > 0))
    throw Error(ErrorCode::invalid_argument, "motion gate: threshold and time must be above 0");
}

bool MotionGate::moved(const ImageView& view, double seconds) {
  if (view.empty() || bytes_per_pixel(view.format) != 1)
    throw Error(ErrorCode::invalid_argument, "motion gate: needs a picture with a luma plane");
  const int columns = (view.width + gate_block - 1) / gate_block;
  const int rows = (view.height + gate_block - 1) / gate_block;
  now_.assign(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows), 0);
  for (int y = 0; y < view.height; ++y) {
    std::uint32_t* const sums =
        now_.data() + static_cast<std::size_t>(y / gate_block) * static_cast<std::size_t>(columns);
    const std::uint8_t* const row = view.row(y);
    for (int c = 0; c < columns; ++c)
      sums[c] += sum_of(row + c * gate_block, std::min(gate_block, view.width - c * gate_block));
  }
  bool changed = view.width != width_ || view.height != height_ ||
                 seconds - looked_ >= options_.most_still || seconds < looked_;
  for (int r = 0; r < rows && !changed; ++r)
    for (int c = 0; c < columns && !changed; ++c) {
      const int area = std::min(gate_block, view.width - c * gate_block) *
                       std::min(gate_block, view.height - r * gate_block);
      // Thin blocks at the edges are mostly noise.
      if (2 * area < gate_block * gate_block) continue;
      const auto i = static_cast<std::size_t>(r) * static_cast<std::size_t>(columns) +
                     static_cast<std::size_t>(c);
      const double difference = std::abs(static_cast<double>(now_[i]) - reference_[i]);
      changed = difference > options_.threshold * area;
    }
  if (!changed) return false;
  std::swap(reference_, now_);
  width_ = view.width;
  height_ = view.height;
  looked_ = seconds;
  return true;
}

}  // namespace faceshot::video
