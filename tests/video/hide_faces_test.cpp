#include "media/hiding/hide_faces.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

#include "base/random.hpp"
#include "faceshot/error.hpp"
#include "video/frame.hpp"
#include "video/libav.hpp"
#include "video/painting/canvas.hpp"

namespace faceshot::video {
namespace {

using media::Hider;
using media::HideShape;
using media::HideStyle;
using media::mosaic_cells;

using Picture = std::unique_ptr<AVFrame, FrameFree>;

constexpr int width = 160, height = 120;
constexpr Box face{50, 30, 100, 90};

/// Values of each plane by position.
template <class Value>
Picture make_picture(AVPixelFormat format, const Value& value, int w = width, int h = height) {
  Picture picture(av_frame_alloc());
  picture->format = format;
  picture->width = w;
  picture->height = h;
  EXPECT_EQ(av_frame_get_buffer(picture.get(), 0), 0);
  const Canvas canvas(*picture);
  for (std::size_t c = 0; c < canvas.planes().size(); ++c) {
    const PaintPlane& plane = canvas.planes()[c];
    for (int y = 0; y < plane.height; ++y)
      for (int x = 0; x < plane.width; ++x)
        set_sample(plane, x, y, value(x, y) << (plane.bytes == 1 ? 0 : 2));
  }
  return picture;
}

Picture make_noise(AVPixelFormat format, std::uint64_t seed) {
  base::Random random(seed);
  return make_picture(format, [&](int, int) { return static_cast<int>(random.below(256)); });
}

/// Calls `look(plane, x, y, pixel's x, pixel's y)` for each sample, at its centre.
template <class Look>
void for_each_sample(AVFrame& picture, const Look& look) {
  const Canvas canvas(picture);
  for (const PaintPlane& plane : canvas.planes())
    for (int y = 0; y < plane.height; ++y)
      for (int x = 0; x < plane.width; ++x)
        look(plane, x, y, (x + 0.5) * (1 << plane.log2_x), (y + 0.5) * (1 << plane.log2_y));
}

const std::vector<AVPixelFormat> formats{
    AV_PIX_FMT_YUV420P,     AV_PIX_FMT_YUVJ420P,    AV_PIX_FMT_YUV422P, AV_PIX_FMT_YUV444P,
    AV_PIX_FMT_YUV420P10LE, AV_PIX_FMT_YUV444P10LE, AV_PIX_FMT_NV12,    AV_PIX_FMT_P010LE,
    AV_PIX_FMT_YUV411P,     AV_PIX_FMT_GRAY8,       AV_PIX_FMT_YUVA420P};

TEST(Hider, ReachesAllOfTheEllipseAndNothingFarFromIt) {
  for (const AVPixelFormat format : formats) {
    SCOPED_TRACE(av_get_pix_fmt_name(format));
    const Picture before = make_noise(format, 1), after = make_noise(format, 1);
    const Hider hider({.style = HideStyle::solid, .margin = 0.2F});
    hider.hide(Canvas(*after), Placement(width, height, {}, 1), std::vector{face});
    const Box grown = hider.grown(face);
    const double cx = 75, cy = 60;
    const double a = static_cast<double>(grown.width()) / 2,
                 b = static_cast<double>(grown.height()) / 2;
    const std::array<int, 3> black = Canvas(*after).values_of({0, 0, 0});
    const Canvas old(*before);
    std::size_t plane_index = 0, samples = 0;
    for_each_sample(*after, [&](const PaintPlane& plane, int x, int y, double px, double py) {
      if (x == 0 && y == 0) plane_index = samples++;
      const double far = std::hypot((px - cx) / a, (py - cy) / b);
      const int now = sample(plane, x, y);
      if (far <= 1) {
        ASSERT_EQ(now, black[plane_index]) << x << " " << y;
      } else if (far > 1 + 6.0 / b) {
        ASSERT_EQ(now, sample(old.planes()[plane_index], x, y)) << x << " " << y;
      }
    });
    // The face's own box is hidden except for its outermost corners.
    EXPECT_LE(std::hypot(25 / a, 30 / b), 1.02);
  }
}

TEST(Hider, KeepsNothingFinerThanItsCells) {
  // Whatever the content of the cells: the same means give the same result.
  for (const HideStyle style : {HideStyle::blur, HideStyle::pixelate})
    for (const AVPixelFormat format : formats) {
      SCOPED_TRACE(av_get_pix_fmt_name(format));
      const Picture flat = make_picture(format, [](int, int) { return 100; });
      const Picture checked =
          make_picture(format, [](int x, int y) { return (x + y) % 2 != 0 ? 60 : 140; });
      const Picture inverse =
          make_picture(format, [](int x, int y) { return (x + y) % 2 == 0 ? 60 : 140; });
      const Hider hider({.style = style});
      for (AVFrame* const picture : {flat.get(), checked.get(), inverse.get()})
        hider.hide(Canvas(*picture), Placement(width, height, {}, 1), std::vector{face});
      const Canvas f(*flat), c(*checked), i(*inverse);
      for (std::size_t p = 0; p < f.planes().size(); ++p) {
        const PaintPlane& plane = f.planes()[p];
        const int x = 75 >> plane.log2_x, y = 60 >> plane.log2_y;
        // At borders of cells between two squares, their means differ by at most a step of 8.
        const int step = plane.bytes == 1 ? 8 : 32;
        EXPECT_LE(std::abs(sample(plane, x, y) - sample(c.planes()[p], x, y)), step);
        EXPECT_LE(std::abs(sample(plane, x, y) - sample(i.planes()[p], x, y)), step);
      }
    }
}

TEST(Hider, LeavesFewValues) {
  // A face of noise, 200 pixels high: at most a grid of 6 x 7 means is left.
  const Picture picture = make_noise(AV_PIX_FMT_GRAY8, 3);
  const Hider hider({.style = HideStyle::pixelate, .shape = HideShape::box, .margin = 0});
  hider.hide(Canvas(*picture), Placement(width, height, {}, 1), std::vector{face});
  std::size_t edges = 0;
  const PaintPlane plane = Canvas(*picture).planes()[0];
  for (int x = 51; x < 100; ++x) edges += sample(plane, x, 60) != sample(plane, x - 1, 60) ? 1 : 0;
  EXPECT_LE(edges, mosaic_cells);
}

TEST(Hider, BlurStaysWithinWhatWasThere) {
  const Picture picture =
      make_picture(AV_PIX_FMT_GRAY8, [](int x, int) { return x < 75 ? 40 : 200; });
  const Hider hider({.style = HideStyle::blur, .shape = HideShape::box, .margin = 0});
  hider.hide(Canvas(*picture), Placement(width, height, {}, 1), std::vector{face});
  const PaintPlane plane = Canvas(*picture).planes()[0];
  for (int x = 51; x < 100; ++x) {
    EXPECT_GE(sample(plane, x, 60), sample(plane, x - 1, 60)) << x;
    EXPECT_GE(sample(plane, x, 60), 40);
    EXPECT_LE(sample(plane, x, 60), 200);
    // Smooth: the edge in the middle is gone.
    EXPECT_LE(sample(plane, x, 60) - sample(plane, x - 1, 60), 16) << x;
  }
}

TEST(Hider, FollowsTurnsAndStretchedPixels) {
  // A phone's film in portrait: a face at the top left as seen is stored at the bottom left.
  const Picture picture = make_picture(AV_PIX_FMT_YUV420P, [](int, int) { return 200; });
  const Placement placement(width, height, {0, -1, 1, 0}, 1);
  const Hider hider({.style = HideStyle::solid, .shape = HideShape::box, .margin = 0});
  hider.hide(Canvas(*picture), placement, std::vector{Box{0, 0, 20, 40}});
  const PaintPlane luma = Canvas(*picture).planes()[0];
  EXPECT_EQ(sample(luma, 0, height - 1), 16);
  EXPECT_EQ(sample(luma, 39, height - 20), 16);
  EXPECT_EQ(sample(luma, 40, height - 1), 200);
  EXPECT_EQ(sample(luma, 0, height - 21), 200);
}

TEST(Hider, PutsAPictureInTheFacesPlace) {
  media::Image mask(4, 4);
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 4; ++x) {
      std::uint8_t* const pixel = mask.row(y) + std::ptrdiff_t{3} * x;
      pixel[0] = 0;
      pixel[1] = 0;
      pixel[2] = y < 2 ? 255 : 0;  // red above, black below
    }
  media::Image photograph(width, height);
  std::memset(photograph.row(0), 90, photograph.stride() * height);
  const Hider hider({.style = HideStyle::image, .shape = HideShape::box, .margin = 0},
                    std::move(mask));
  hider.hide(photograph, std::vector{face});
  const std::uint8_t* const above = photograph.row(40) + 3 * 75;
  const std::uint8_t* const below = photograph.row(80) + 3 * 75;
  EXPECT_EQ(above[2], 255);
  EXPECT_EQ(above[0], 0);
  EXPECT_EQ(below[2], 0);
  EXPECT_EQ(photograph.row(40)[3 * 49], 90);
}

TEST(Hider, TakesFacesThatReachOutOfThePicture) {
  for (const AVPixelFormat format : formats) {
    const Picture picture = make_noise(format, 7);
    for (const HideStyle style : {HideStyle::blur, HideStyle::pixelate, HideStyle::solid})
      Hider({.style = style})
          .hide(Canvas(*picture), Placement(width, height, {}, 1),
                std::vector<Box>{{-30, -30, 20, 20},
                                 {150, 110, 400, 300},
                                 {-500, -500, -400, -400},
                                 {-1e6F, -1e6F, 1e6F, 1e6F},
                                 {10, 10, 10, 10},
                                 {20, 20, 10, 10},
                                 {0, 0, std::numeric_limits<float>::quiet_NaN(), 1},
                                 {60.2F, 60.2F, 60.4F, 60.4F}});
  }
}

TEST(Hider, RefusesImpossibleOptions) {
  EXPECT_THROW(Hider({.margin = -0.1F}), Error);
  EXPECT_THROW(Hider({.margin = std::numeric_limits<float>::quiet_NaN()}), Error);
  EXPECT_THROW(Hider({.style = HideStyle::image}), Error);
}

TEST(Canvas, KnowsTheStandardsColours) {
  // ITU-R BT.601 and BT.709, video range: pure red; white; black.
  const auto values = [](AVPixelFormat format, AVColorSpace space, AVColorRange range,
                         const media::Bgr& colour) {
    Picture picture = make_picture(format, [](int, int) { return 0; });
    picture->colorspace = space;
    picture->color_range = range;
    return Canvas(*picture).values_of(colour);
  };
  const media::Bgr red{0, 0, 255}, white{255, 255, 255};
  EXPECT_EQ(values(AV_PIX_FMT_YUV420P, AVCOL_SPC_SMPTE170M, AVCOL_RANGE_MPEG, red),
            (std::array{81, 90, 240}));
  EXPECT_EQ(values(AV_PIX_FMT_YUV420P, AVCOL_SPC_BT709, AVCOL_RANGE_MPEG, red),
            (std::array{63, 102, 240}));
  EXPECT_EQ(values(AV_PIX_FMT_YUV420P, AVCOL_SPC_BT709, AVCOL_RANGE_MPEG, white),
            (std::array{235, 128, 128}));
  EXPECT_EQ(values(AV_PIX_FMT_YUV420P, AVCOL_SPC_SMPTE170M, AVCOL_RANGE_JPEG, white),
            (std::array{255, 128, 128}));
  EXPECT_EQ(values(AV_PIX_FMT_YUV420P10LE, AVCOL_SPC_BT709, AVCOL_RANGE_MPEG, white),
            (std::array{940, 512, 512}));
}

TEST(Canvas, RefusesWhatItCannotPaint) {
  EXPECT_FALSE(paintable(AV_PIX_FMT_RGB24));
  EXPECT_FALSE(paintable(AV_PIX_FMT_PAL8));
  EXPECT_FALSE(paintable(AV_PIX_FMT_YUYV422));
  EXPECT_FALSE(paintable(AV_PIX_FMT_MONOBLACK));
  EXPECT_FALSE(paintable(-1));
}

}  // namespace
}  // namespace faceshot::video
