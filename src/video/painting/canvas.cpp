#include "video/painting/canvas.hpp"

#include <string>
#include <utility>
#include <vector>

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
  // Packed formats share chroma in different ways.
  return d->nb_components == 1 || (d->flags & AV_PIX_FMT_FLAG_PLANAR) != 0;
}

namespace {

media::PlaneCanvas planes_of(AVFrame& picture) {
  if (!paintable(picture.format)) {
    const char* const name = av_get_pix_fmt_name(static_cast<AVPixelFormat>(picture.format));
    throw Error(ErrorCode::unsupported, std::string("video: frames of the format ") +
                                            (name != nullptr ? name : "unknown") +
                                            " cannot be painted on");
  }
  if (av_frame_make_writable(&picture) < 0) throw_no_memory();
  const AVPixFmtDescriptor& d = *av_pix_fmt_desc_get(static_cast<AVPixelFormat>(picture.format));
  std::vector<media::PaintPlane> planes;
  const int components = d.nb_components == 1 ? 1 : 3;  // alpha is unchanged
  for (int c = 0; c < components; ++c) {
    const AVComponentDescriptor& own = d.comp[c];
    media::PaintPlane plane;
    plane.data = picture.data[own.plane] + own.offset;
    plane.stride = picture.linesize[own.plane];
    plane.step = own.step;
    plane.bytes = own.depth > 8 ? 2 : 1;
    plane.shift = own.shift;
    plane.log2_x = c == 0 ? 0 : d.log2_chroma_w;
    plane.log2_y = c == 0 ? 0 : d.log2_chroma_h;
    plane.width = -((-picture.width) >> plane.log2_x);
    plane.height = -((-picture.height) >> plane.log2_y);
    planes.push_back(plane);
  }
  constexpr int high_definition = 720;
  return {picture.width,
          picture.height,
          std::move(planes),
          {.yuv = true,
           .hd = picture.colorspace == AVCOL_SPC_UNSPECIFIED
                     ? picture.height >= high_definition
                     : picture.colorspace != AVCOL_SPC_BT470BG &&
                           picture.colorspace != AVCOL_SPC_SMPTE170M,
           .full = picture.color_range == AVCOL_RANGE_JPEG || is_yuvj(picture.format),
           .depth = d.comp[0].depth}};
}

}  // namespace

Canvas::Canvas(AVFrame& picture) : media::PlaneCanvas(planes_of(picture)) {}

}  // namespace faceshot::video
