#include "video/reading/stored_picture.hpp"

#include <cstdint>
#include <cstdlib>

namespace faceshot::video {

Placement::Turn turn_of(const AVStream& stream) {
  std::size_t size = 0;
  const auto* const matrix = reinterpret_cast<const std::int32_t*>(
      av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &size));
  if (matrix == nullptr || size < 9 * sizeof(std::int32_t)) return {};
  // x' = m[0] x + m[3] y, y' = m[1] x + m[4] y.
  const auto sign = [](std::int32_t v) { return v < 0 ? -1 : 1; };
  const auto size_of = [](std::int32_t v) { return std::abs(static_cast<std::int64_t>(v)); };
  if (matrix[0] == 0 && matrix[1] == 0 && matrix[3] == 0 && matrix[4] == 0) return {};
  if (size_of(matrix[0]) + size_of(matrix[4]) >= size_of(matrix[1]) + size_of(matrix[3]))
    return {sign(matrix[0]), 0, 0, sign(matrix[4])};
  return {0, sign(matrix[3]), sign(matrix[1]), 0};
}

int best_paintable(int format) {
  static constexpr AVPixelFormat planar[] = {
      AV_PIX_FMT_YUV420P,   AV_PIX_FMT_YUV422P,   AV_PIX_FMT_YUV444P,   AV_PIX_FMT_GRAY8,
      AV_PIX_FMT_YUV420P10, AV_PIX_FMT_YUV422P10, AV_PIX_FMT_YUV444P10, AV_PIX_FMT_NONE};
  return avcodec_find_best_pix_fmt_of_list(planar, static_cast<AVPixelFormat>(format), 0, nullptr);
}

}  // namespace faceshot::video
