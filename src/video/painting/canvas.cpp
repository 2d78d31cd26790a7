#include "video/painting/canvas.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "faceshot/error.hpp"
#include "video/libav.hpp"

namespace faceshot::video {
namespace {

bool is_yuvj(int format) {
  return format == AV_PIX_FMT_YUVJ420P || format == AV_PIX_FMT_YUVJ422P ||
         format == AV_PIX_FMT_YUVJ444P || format == AV_PIX_FMT_YUVJ440P ||
         format == AV_PIX_FMT_YUVJ411P;
}

}  // namespace

bool paintable(int pixel_format) {
  const AVPixFmtDescriptor* const d = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(pixel_format));
  if (d == nullptr) return false;
  constexpr std::uint64_t strange =
      AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL |
      AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BE | AV_PIX_FMT_FLAG_BAYER;
  if ((d->flags & strange) != 0 || (d->nb_components != 1 && d->nb_components < 3)) return false;
  // Packed formats share chroma in ways of their own.
  return d->nb_components == 1 || (d->flags & AV_PIX_FMT_FLAG_PLANAR) != 0;
}

Canvas::Canvas(AVFrame& picture) : width_(picture.width), height_(picture.height), yuv_(true) {
  if (!paintable(picture.format)) {
    const char* const name = av_get_pix_fmt_name(static_cast<AVPixelFormat>(picture.format));
    throw Error(ErrorCode::unsupported, std::string("video: frames of the format ") +
                                            (name != nullptr ? name : "unknown") +
                                            " cannot be painted on");
  }
  if (av_frame_make_writable(&picture) < 0) throw_no_memory();
  const AVPixFmtDescriptor& d = *av_pix_fmt_desc_get(static_cast<AVPixelFormat>(picture.format));
  const int components = d.nb_components == 1 ? 1 : 3;  // alpha stays
  for (int c = 0; c < components; ++c) {
    const AVComponentDescriptor& own = d.comp[c];
    PaintPlane plane;
    plane.data = picture.data[own.plane] + own.offset;
    plane.stride = picture.linesize[own.plane];
    plane.step = own.step;
    plane.bytes = own.depth > 8 ? 2 : 1;
    plane.shift = own.shift;
    plane.log2_x = c == 0 ? 0 : d.log2_chroma_w;
    plane.log2_y = c == 0 ? 0 : d.log2_chroma_h;
    plane.width = -((-width_) >> plane.log2_x);
    plane.height = -((-height_) >> plane.log2_y);
    planes_.push_back(plane);
  }
  depth_ = d.comp[0].depth;
  full_ = picture.color_range == AVCOL_RANGE_JPEG || is_yuvj(picture.format);
  constexpr int high_definition = 720;
  hd_ = picture.colorspace == AVCOL_SPC_UNSPECIFIED
            ? height_ >= high_definition
            : picture.colorspace != AVCOL_SPC_BT470BG && picture.colorspace != AVCOL_SPC_SMPTE170M;
}

Canvas::Canvas(const media::Canvas& picture) : width_(picture.width), height_(picture.height) {
  for (int c = 0; c < 3; ++c)
    planes_.push_back({.data = picture.data + c,
                       .stride = picture.stride,
                       .step = 3,
                       .width = width_,
                       .height = height_});
}

std::array<int, 3> Canvas::values_of(const media::Bgr& colour) const {
  if (!yuv_) return {colour[0], colour[1], colour[2]};
  const double red_share = hd_ ? 0.2126 : 0.299, blue_share = hd_ ? 0.0722 : 0.114;
  const double blue = colour[0] / 255.0, green = colour[1] / 255.0, red = colour[2] / 255.0;
  const double luma = red_share * red + blue_share * blue + (1 - red_share - blue_share) * green;
  const double u = (blue - luma) / (2 * (1 - blue_share)), v = (red - luma) / (2 * (1 - red_share));
  const double scale = static_cast<double>(1 << depth_) / 256, most = 256 * scale - 1;
  const auto value = [&](double x) {
    return static_cast<int>(std::lround(std::clamp(x, 0.0, most)));
  };
  const double middle = 128 * scale;
  if (full_) return {value(luma * most), value(middle + u * most), value(middle + v * most)};
  return {value((16 + 219 * luma) * scale), value(middle + 224 * u * scale),
          value(middle + 224 * v * scale)};
}

}  // namespace faceshot::video
