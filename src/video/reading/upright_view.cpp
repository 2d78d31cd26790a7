#include "video/reading/upright_view.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "faceshot/error.hpp"
#include "video/libav.hpp"

namespace faceshot::video {
namespace {

bool full_range(const AVFrame& f) {
  return f.color_range == AVCOL_RANGE_JPEG || f.format == AV_PIX_FMT_YUVJ420P;
}

/// The guess that players make if a film does not specify it.
YuvColour colour_of(const AVFrame& f) {
  const bool told = f.colorspace != AVCOL_SPC_UNSPECIFIED && f.colorspace != AVCOL_SPC_RGB;
  constexpr int high_definition = 720;
  const bool hd = told ? f.colorspace == AVCOL_SPC_BT709 || f.colorspace == AVCOL_SPC_BT2020_NCL ||
                             f.colorspace == AVCOL_SPC_BT2020_CL
                       : f.height >= high_definition;
  if (hd) return full_range(f) ? YuvColour::bt709_full : YuvColour::bt709;
  return full_range(f) ? YuvColour::bt601_full : YuvColour::bt601;
}

/// Rotates a plane by quarter turns and mirrors it, in blocks that stay in the cache.
void turn_plane(const std::uint8_t* from, std::ptrdiff_t from_stride, int width, int height,
                const Placement::Turn& turn, std::uint8_t* to, std::ptrdiff_t to_stride) {
  // Steps in the target for one step right and one step down in the source.
  const std::ptrdiff_t right = turn.xx + turn.yx * to_stride;
  const std::ptrdiff_t down = turn.xy + turn.yy * to_stride;
  const bool left_first = turn.xx < 0 || turn.xy < 0;
  const bool bottom_first = turn.yx < 0 || turn.yy < 0;
  const int target_width = turn.xx != 0 ? width : height;
  const int target_height = turn.xx != 0 ? height : width;
  std::uint8_t* const origin = to + (left_first ? target_width - 1 : 0) +
                               (bottom_first ? (target_height - 1) * to_stride : 0);
  constexpr int block = 32;
  for (int top = 0; top < height; top += block)
    for (int left = 0; left < width; left += block)
      for (int y = top; y < std::min(height, top + block); ++y) {
        const std::uint8_t* const row = from + from_stride * y;
        std::uint8_t* target = origin + down * y + right * left;
        for (int x = left; x < std::min(width, left + block); ++x, target += right)
          *target = row[x];
      }
}

struct Planes {
  std::vector<std::uint8_t> luma, blue, red;
  int width = 0, height = 0;

  void resize(int columns, int rows) {
    width = columns;
    height = rows;
    const auto half = [](int side) { return static_cast<std::size_t>((side + 1) / 2); };
    luma.resize(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows));
    blue.resize(half(columns) * half(rows));
    red.resize(half(columns) * half(rows));
  }
  [[nodiscard]] ImageView view(YuvColour colour) const {
    return {luma.data(), width,           height,     width, PixelFormat::i420,
            blue.data(), (width + 1) / 2, red.data(), colour};
  }
};

/// The frame itself, if it is in one of the detector's formats.
ImageView view_as_it_is(const AVFrame& f) {
  ImageView view{f.data[0], f.width, f.height, f.linesize[0]};
  view.colour = colour_of(f);
  switch (f.format) {
    case AV_PIX_FMT_YUV420P:
    case AV_PIX_FMT_YUVJ420P:
      // Both have the same stride, as from decoders.
      if (f.linesize[1] != f.linesize[2]) return {};
      view.format = PixelFormat::i420;
      view.chroma = f.data[1];
      view.chroma_red = f.data[2];
      view.chroma_stride = f.linesize[1];
      return view;
    case AV_PIX_FMT_NV12:
      view.format = PixelFormat::nv12;
      view.chroma = f.data[1];
      view.chroma_stride = f.linesize[1];
      return view;
    case AV_PIX_FMT_GRAY8:
      view.format = PixelFormat::gray;
      return view;
    default:
      return {};
  }
}

}  // namespace

struct UprightView::Impl {
  ScalerPointer scaler;
  Planes square, turned;

  void stretch(const AVFrame& f, const Placement& placement) {
    const int width = placement.square_width(), height = placement.square_height();
    scaler.reset(sws_getCachedContext(scaler.release(), f.width, f.height,
                                      static_cast<AVPixelFormat>(f.format), width, height,
                                      full_range(f) ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P,
                                      SWS_BILINEAR, nullptr, nullptr, nullptr));
    if (!scaler) {
      const char* const name = av_get_pix_fmt_name(static_cast<AVPixelFormat>(f.format));
      throw Error(ErrorCode::unsupported, std::string("video: frames of the format ") +
                                              (name ? name : "unknown") + " cannot be converted");
    }
    square.resize(width, height);
    std::uint8_t* const planes[4] = {square.luma.data(), square.blue.data(), square.red.data(),
                                     nullptr};
    const int strides[4] = {width, (width + 1) / 2, (width + 1) / 2, 0};
    sws_scale(scaler.get(), f.data, f.linesize, 0, f.height, planes, strides);
  }

  ImageView turn(const ImageView& from, const Placement& placement) {
    turned.resize(placement.width(), placement.height());
    turn_plane(from.data, from.stride, from.width, from.height, placement.turn(),
               turned.luma.data(), turned.width);
    const int width = (from.width + 1) / 2, height = (from.height + 1) / 2;
    turn_plane(from.chroma, from.chroma_stride, width, height, placement.turn(), turned.blue.data(),
               (turned.width + 1) / 2);
    turn_plane(from.chroma_red, from.chroma_stride, width, height, placement.turn(),
               turned.red.data(), (turned.width + 1) / 2);
    return turned.view(from.colour);
  }
};

UprightView::UprightView() : impl_(new Impl) {}
UprightView::~UprightView() = default;
UprightView::UprightView(UprightView&&) noexcept = default;
UprightView& UprightView::operator=(UprightView&&) noexcept = default;

ImageView UprightView::of(const Frame& frame, const Placement& placement) {
  const AVFrame& f = *frame.picture();
  ImageView view;
  if (!placement.stretched()) view = view_as_it_is(f);
  const bool planar = view.format == PixelFormat::i420;
  if (view.empty() || (placement.turned() && !planar)) {
    impl_->stretch(f, placement);
    view = impl_->square.view(colour_of(f));
  }
  return placement.turned() ? impl_->turn(view, placement) : view;
}

media::Image colour_image(const ImageView& view) {
  media::Image image(view.width, view.height);
  const bool hd = view.colour == YuvColour::bt709 || view.colour == YuvColour::bt709_full;
  const bool full = view.colour == YuvColour::bt601_full || view.colour == YuvColour::bt709_full;
  const double red = hd ? 0.2126 : 0.299, blue = hd ? 0.0722 : 0.114, green = 1 - red - blue;
  const double gain = full ? 1 : 255.0 / 219, spread = full ? 1 : 255.0 / 224;
  const int black = full ? 0 : 16;
  const auto byte = [](double v) {
    return static_cast<std::uint8_t>(std::clamp(v + 0.5, 0.0, 255.0));
  };
  const bool gray = view.format == PixelFormat::gray, pairs = view.format == PixelFormat::nv12;
  for (int y = 0; y < view.height; ++y) {
    std::uint8_t* out = image.row(y);
    for (int x = 0; x < view.width; ++x, out += 3) {
      const int luma = view.row(y)[x];
      if (gray) {
        out[0] = out[1] = out[2] = static_cast<std::uint8_t>(luma);
        continue;
      }
      const std::ptrdiff_t at = view.chroma_stride * (y / 2) + (pairs ? x / 2 * 2 : x / 2);
      const double u = spread * (view.chroma[at] - 128);
      const double v = spread * ((pairs ? view.chroma[at + 1] : view.chroma_red[at]) - 128);
      const double level = gain * (luma - black);
      out[0] = byte(level + 2 * (1 - blue) * u);
      out[1] = byte(level - 2 * (1 - blue) * blue / green * u - 2 * (1 - red) * red / green * v);
      out[2] = byte(level + 2 * (1 - red) * v);
    }
  }
  return image;
}

}  // namespace faceshot::video
