#include "detect/input/letterbox.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "base/random.hpp"
#include "media/opencv.hpp"

namespace faceshot::detect {
namespace {

using media::view_of;

cv::Mat make_noise(int width, int height, int channels = 3) {
  base::Random random(3, static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height));
  cv::Mat image(height, width, CV_8UC(channels));
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width * channels; ++x)
      image.ptr(y)[x] = static_cast<std::uint8_t>(random.below(256));
  return image;
}

/// A network's input, with easy access.
struct Input {
  LetterboxSize size;
  std::vector<float> values;

  [[nodiscard]] float at(int channel, int x, int y) const {
    return values[static_cast<std::size_t>((channel * size.height + y) * size.width + x)];
  }
};

Input run(Letterbox& letterbox, const ImageView& image, int max_side, const ModelInfo& model = {},
          bool upscale = false) {
  Input input;
  input.size = letterbox_size(image.width, image.height, max_side, upscale, model.size_divisor);
  // Poisoned: every value must be written.
  input.values.assign(static_cast<std::size_t>(3 * input.size.width * input.size.height), NAN);
  letterbox.run(image, input.size, model, input.values.data());
  return input;
}

Input run(const ImageView& image, int max_side, const ModelInfo& model = {}, bool upscale = false) {
  Letterbox letterbox;
  return run(letterbox, image, max_side, model, upscale);
}

/// The mean of the source over each output pixel's area, straight from the definition.
float area_mean(const cv::Mat& image, int channel, const LetterboxSize& size, int x, int y) {
  const auto overlap = [](double low, double high, int pixel) {
    return std::max(0.0, std::min(high, pixel + 1.0) - std::max(low, double(pixel)));
  };
  const double sx = double(image.cols) / size.content_width;
  const double sy = double(image.rows) / size.content_height;
  double sum = 0;
  for (int v = 0; v < image.rows; ++v)
    for (int u = 0; u < image.cols; ++u)
      sum += overlap(x * sx, (x + 1) * sx, u) * overlap(y * sy, (y + 1) * sy, v) *
             image.at<cv::Vec3b>(v, u)[channel];
  return static_cast<float>(sum / (sx * sy));
}

TEST(LetterboxInto, FitsTheImageIntoTheOnlySizeThereIs) {
  const auto expect = [](const LetterboxSize& size, int width, int height) {
    EXPECT_EQ(size.width, 320);
    EXPECT_EQ(size.height, 240);
    EXPECT_EQ(size.content_width, width);
    EXPECT_EQ(size.content_height, height);
  };
  expect(letterbox_into(640, 480, 320, 240, false), 320, 240);
  expect(letterbox_into(640, 320, 320, 240, false), 320, 160);
  expect(letterbox_into(480, 960, 320, 240, false), 120, 240);
  expect(letterbox_into(100, 50, 320, 240, false), 100, 50);
  expect(letterbox_into(100, 50, 320, 240, true), 320, 160);
  expect(letterbox_into(16000, 1, 320, 240, false), 320, 1);
}

TEST(LetterboxSize, ScalesTheLongerSideAndPads) {
  const auto check = [](const LetterboxSize& s, int cw, int ch, int w, int h) {
    EXPECT_EQ(s.content_width, cw);
    EXPECT_EQ(s.content_height, ch);
    EXPECT_EQ(s.width, w);
    EXPECT_EQ(s.height, h);
  };
  check(letterbox_size(1024, 768, 640, false, 32), 640, 480, 640, 480);
  check(letterbox_size(768, 1024, 640, false, 32), 480, 640, 480, 640);
  check(letterbox_size(1000, 333, 640, false, 32), 640, 213, 640, 224);
  check(letterbox_size(100, 50, 640, false, 32), 100, 50, 128, 64);   // not enlarged
  check(letterbox_size(100, 50, 640, true, 32), 640, 320, 640, 320);  // unless asked for
  check(letterbox_size(1000, 333, 0, true, 32), 1000, 333, 1024, 352);
  check(letterbox_size(1, 3000, 640, false, 64), 1, 640, 64, 640);  // never below one pixel
  check(letterbox_size(3000, 1, 320, false, 32), 320, 1, 320, 32);
}

TEST(Letterbox, KeepsPixelsAtNativeSizeAndFillsThePaddingWithTheMean) {
  const cv::Mat image = make_noise(37, 21);
  ModelInfo model;
  model.mean = {104, 117, 123};
  model.scale = {1 / 128.0F, 0.5F, 2};
  const Input input = run(view_of(image), 0, model);
  ASSERT_EQ(input.size.width, 64);
  ASSERT_EQ(input.size.height, 32);
  for (int c = 0; c < 3; ++c)
    for (int y = 0; y < 32; ++y)
      for (int x = 0; x < 64; ++x) {
        const auto i = static_cast<std::size_t>(c);
        const float expected =
            x < 37 && y < 21 ? (static_cast<float>(image.at<cv::Vec3b>(y, x)[c]) - model.mean[i]) *
                                   model.scale[i]
                             : 0.0F;
        ASSERT_NEAR(input.at(c, x, y), expected, 1e-4) << c << " " << x << " " << y;
      }
}

TEST(Letterbox, ShrinksByAreaAveraging) {
  for (const auto& [width, height, side] :
       {std::array{64, 48, 32}, {97, 61, 32}, {40, 90, 64}, {53, 50, 51}, {200, 3, 40}}) {
    const cv::Mat image = make_noise(width, height);
    const Input input = run(view_of(image), side);
    for (int c = 0; c < 3; ++c)
      for (int y = 0; y < input.size.content_height; ++y)
        for (int x = 0; x < input.size.content_width; ++x)
          ASSERT_NEAR(input.at(c, x, y), area_mean(image, c, input.size, x, y), 2e-3)
              << width << "x" << height << " to " << side << " at " << x << "," << y;
  }
}

TEST(Letterbox, AgreesWithOpenCv) {
  const cv::Mat image = make_noise(331, 217);
  const auto compare = [&](int side, bool upscale, int method) {
    const Input input = run(view_of(image), side, {}, upscale);
    cv::Mat real;
    image.convertTo(real, CV_32FC3);
    cv::Mat expected;
    cv::resize(real, expected, {input.size.content_width, input.size.content_height}, 0, 0, method);
    for (int y = 0; y < expected.rows; ++y)
      for (int x = 0; x < expected.cols; ++x)
        for (int c = 0; c < 3; ++c)
          ASSERT_NEAR(input.at(c, x, y), expected.at<cv::Vec3f>(y, x)[c], 0.02)
              << side << " at " << x << "," << y;
  };
  compare(160, false, cv::INTER_AREA);
  compare(83, false, cv::INTER_AREA);
  compare(320, false, cv::INTER_AREA);
  compare(640, true, cv::INTER_LINEAR);
}

TEST(Letterbox, AConstantStaysConstantAtEveryScale) {
  const cv::Mat image(150, 233, CV_8UC3, cv::Scalar(10, 100, 250));
  for (const int side : {0, 7, 32, 100, 117, 232, 400}) {
    const Input input = run(view_of(image), side, {}, true);
    for (int y = 0; y < input.size.content_height; ++y)
      for (int x = 0; x < input.size.content_width; ++x) {
        ASSERT_NEAR(input.at(0, x, y), 10, 1e-3);
        ASSERT_NEAR(input.at(1, x, y), 100, 1e-3);
        ASSERT_NEAR(input.at(2, x, y), 250, 1e-3);
      }
  }
}

TEST(Letterbox, AGradientKeepsItsPlace) {
  cv::Mat image(40, 200, CV_8UC3);
  for (int y = 0; y < image.rows; ++y)
    for (int x = 0; x < image.cols; ++x)
      image.at<cv::Vec3b>(y, x) = cv::Vec3b::all(static_cast<std::uint8_t>(x));
  const auto check = [&](int side, double tolerance) {
    const Input input = run(view_of(image), side, {}, true);
    const double scale = 200.0 / side;
    for (int x = 0; x < side; ++x) {
      // A pixel's centre is at x + 0.5 in both images.
      const double expected = (x + 0.5) * scale - 0.5;
      if (expected < 0 || expected > 199) continue;  // flat beyond the last centre
      ASSERT_NEAR(input.at(1, x, 3), expected, tolerance) << side << " " << x;
    }
  };
  check(100, 1e-3);
  check(50, 1e-3);
  check(400, 1e-3);
  check(500, 1e-3);
  check(80, 0.051);  // cut pixels count at their own centre: (0 + 1 + 2 / 2) / 2.5 for 0.75
}

TEST(Letterbox, FormatsAgree) {
  const cv::Mat bgr = make_noise(75, 52);
  cv::Mat rgb, bgra, rgba;
  cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  cv::cvtColor(bgr, bgra, cv::COLOR_BGR2BGRA);
  cv::cvtColor(bgr, rgba, cv::COLOR_BGR2RGBA);
  const auto view = [](const cv::Mat& m, PixelFormat format) {
    return ImageView{m.data, m.cols, m.rows, static_cast<std::ptrdiff_t>(m.step), format};
  };
  ModelInfo model;
  model.mean = {10, 20, 30};
  for (const PixelFormat order : {PixelFormat::bgr, PixelFormat::rgb}) {
    model.channel_order = order;
    const Input expected = run(view(bgr, PixelFormat::bgr), 40, model);
    EXPECT_EQ(run(view(rgb, PixelFormat::rgb), 40, model).values, expected.values);
    EXPECT_EQ(run(view(bgra, PixelFormat::bgra), 40, model).values, expected.values);
    EXPECT_EQ(run(view(rgba, PixelFormat::rgba), 40, model).values, expected.values);
  }
  // The planes of the two channel orders are each other's.
  model.mean = {};
  model.channel_order = PixelFormat::bgr;
  const Input blue_first = run(view(bgr, PixelFormat::bgr), 40, model);
  model.channel_order = PixelFormat::rgb;
  const Input red_first = run(view(bgr, PixelFormat::bgr), 40, model);
  EXPECT_NEAR(blue_first.at(0, 5, 6), area_mean(bgr, 0, blue_first.size, 5, 6), 2e-3);
  EXPECT_EQ(blue_first.at(0, 5, 6), red_first.at(2, 5, 6));
  EXPECT_EQ(blue_first.at(2, 5, 6), red_first.at(0, 5, 6));

  const cv::Mat gray = make_noise(75, 52, 1);
  cv::Mat gray_bgr;
  cv::cvtColor(gray, gray_bgr, cv::COLOR_GRAY2BGR);
  EXPECT_EQ(run(view(gray, PixelFormat::gray), 40, model).values,
            run(view(gray_bgr, PixelFormat::bgr), 40, model).values);
}

/// A picture without colours that video cannot hold: smooth, so that halved chroma loses little.
cv::Mat make_smooth(int width, int height) {
  cv::Mat small = make_noise(width / 16 + 2, height / 16 + 2), large;
  small = small * 0.6 + cv::Scalar::all(50);
  cv::resize(small, large, {width, height}, 0, 0, cv::INTER_CUBIC);
  return large;
}

/// Like OpenCV's YUV_I420, with the two chroma planes interleaved.
struct Nv12 {
  std::vector<std::uint8_t> luma, chroma;
  ImageView view;

  explicit Nv12(const cv::Mat& bgr) {
    cv::Mat planes;
    cv::cvtColor(bgr, planes, cv::COLOR_BGR2YUV_I420);
    const auto pixels = static_cast<std::size_t>(bgr.cols * bgr.rows);
    luma.assign(planes.data, planes.data + pixels);
    for (std::size_t i = 0; i < pixels / 4; ++i) {
      chroma.push_back(planes.data[pixels + i]);
      chroma.push_back(planes.data[pixels + pixels / 4 + i]);
    }
    view = {luma.data(), bgr.cols, bgr.rows, bgr.cols, PixelFormat::nv12, chroma.data(), bgr.cols};
  }
};

TEST(Letterbox, ReadsVideoFramesAsOpenCvDoes) {
  const cv::Mat picture = make_smooth(96, 64);
  const Nv12 frame(picture);
  cv::Mat joined(96, 96, CV_8UC1), bgr;
  std::copy(frame.luma.begin(), frame.luma.end(), joined.data);
  std::copy(frame.chroma.begin(), frame.chroma.end(), joined.ptr(64));
  cv::cvtColor(joined, bgr, cv::COLOR_YUV2BGR_NV12);
  for (const int side : {0, 48, 40, 200}) {
    const Input got = run(frame.view, side, {}, true);
    const Input wanted = run(view_of(bgr), side, {}, true);
    ASSERT_EQ(got.values.size(), wanted.values.size());
    for (std::size_t i = 0; i < got.values.size(); ++i)
      ASSERT_NEAR(got.values[i], wanted.values[i], 1.5) << side << " " << i;  // OpenCV rounds
  }
  // The planes of the two channel orders are each other's.
  ModelInfo rgb;
  rgb.channel_order = PixelFormat::rgb;
  EXPECT_EQ(run(frame.view, 48, rgb).at(0, 9, 7), run(frame.view, 48).at(2, 9, 7));
}

TEST(Letterbox, ReadsVideoFramesOfOddSizes) {
  const std::vector<std::uint8_t> luma(7 * 5, 126), chroma(8 * 3, 128);
  const ImageView view{luma.data(), 7, 5, 7, PixelFormat::nv12, chroma.data(), 8};
  for (const int side : {0, 4, 14}) {
    const Input input = run(view, side, {}, true);
    const int x = input.size.content_width - 1, y = input.size.content_height - 1;
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(input.at(c, x, y), 1.164383 * 110, 1e-2);
  }
}

TEST(Letterbox, ReadsPlanarFramesAsThoseOfPairs) {
  const Nv12 frame(make_smooth(96, 64));
  std::vector<std::uint8_t> blue, red;
  for (std::size_t i = 0; i < frame.chroma.size(); i += 2) {
    blue.push_back(frame.chroma[i]);
    red.push_back(frame.chroma[i + 1]);
  }
  ImageView planar = frame.view;
  planar.format = PixelFormat::i420;
  planar.chroma = blue.data();
  planar.chroma_red = red.data();
  planar.chroma_stride = 48;
  for (const YuvColour colour : {YuvColour::bt601, YuvColour::bt709_full})
    for (const int side : {0, 48, 40, 200}) {
      ImageView pairs = frame.view;
      pairs.colour = planar.colour = colour;
      const Input got = run(planar, side, {}, true), wanted = run(pairs, side, {}, true);
      ASSERT_EQ(got.values.size(), wanted.values.size());
      // Scaled before conversion, and the other way round.
      for (std::size_t i = 0; i < got.values.size(); ++i)
        ASSERT_NEAR(got.values[i], wanted.values[i], 0.5) << side << " " << i;
    }
}

TEST(Letterbox, ReadsPlanarFramesOfAnySizeAsOpenCvDoes) {
  for (const auto& [width, height, side] :
       {std::array{96, 64, 60}, {128, 96, 33}, {160, 64, 159}, {160, 64, 80}, {92, 68, 46}}) {
    const cv::Mat picture = make_smooth(width, height);
    cv::Mat planes, bgr;
    cv::cvtColor(picture, planes, cv::COLOR_BGR2YUV_I420);
    cv::cvtColor(planes, bgr, cv::COLOR_YUV2BGR_I420);
    const std::uint8_t* const blue = planes.data + width * height;
    const ImageView view{planes.data,       width, height,    width,
                         PixelFormat::i420, blue,  width / 2, blue + width * height / 4};
    const Input got = run(view, side), wanted = run(view_of(bgr), side);
    ASSERT_EQ(got.values.size(), wanted.values.size());
    double sum = 0;
    for (std::size_t i = 0; i < got.values.size(); ++i) {
      sum += std::abs(got.values[i] - wanted.values[i]);
      // OpenCV rounds, and gives both pixels of a pair the same chroma, where we interpolate.
      ASSERT_NEAR(got.values[i], wanted.values[i], 9) << side << " " << i;
    }
    EXPECT_LT(sum / static_cast<double>(got.values.size()), 1) << side;
  }
}

TEST(Letterbox, KnowsWhatLumaAndChromaStandFor) {
  struct Case {
    YuvColour colour;
    std::uint8_t luma, blue, red;
    std::array<float, 3> bgr;
  };
  // Red and white by ITU-R BT.601 and BT.709, rounded to whole numbers.
  for (const Case& c : {Case{YuvColour::bt601, 81, 90, 240, {0, 0, 254}},
                        {YuvColour::bt709, 63, 102, 240, {1, 0, 255}},
                        {YuvColour::bt601_full, 76, 85, 255, {0, 0, 254}},
                        {YuvColour::bt709_full, 54, 99, 255, {0, 0, 254}},
                        {YuvColour::bt709, 235, 128, 128, {255, 255, 255}},
                        {YuvColour::bt601_full, 255, 128, 128, {255, 255, 255}},
                        {YuvColour::bt709, 173, 42, 26, {1, 255, 0}}}) {
    const std::vector<std::uint8_t> luma(4, c.luma);
    const ImageView view{luma.data(), 2, 2, 2, PixelFormat::i420, &c.blue, 1, &c.red, c.colour};
    const Input input = run(view, 0);
    for (int k = 0; k < 3; ++k)
      EXPECT_NEAR(input.at(k, 1, 1), c.bgr[static_cast<std::size_t>(k)], 2)
          << static_cast<int>(c.colour) << " " << k;
  }
}

TEST(Letterbox, ReadsPartsOfImagesAndImagesUpsideDown) {
  const cv::Mat image = make_noise(90, 60);
  const cv::Mat part = image(cv::Rect(11, 7, 50, 40));
  EXPECT_EQ(run(view_of(part), 32).values, run(view_of(part.clone()), 32).values);
  cv::Mat flipped;
  cv::flip(image, flipped, 0);
  const ImageView bottom_up{image.ptr(59), 90, 60, -static_cast<std::ptrdiff_t>(image.step),
                            PixelFormat::bgr};
  EXPECT_EQ(run(bottom_up, 32).values, run(view_of(flipped), 32).values);
}

TEST(Letterbox, TakesTheSmallestAndTheThinnest) {
  const cv::Mat dot(1, 1, CV_8UC3, cv::Scalar(1, 2, 3));
  const Input native = run(view_of(dot), 640);
  EXPECT_EQ(native.at(0, 0, 0), 1);
  EXPECT_EQ(native.at(2, 0, 0), 3);
  EXPECT_EQ(native.at(0, 1, 0), 0);
  EXPECT_EQ(native.at(0, 0, 1), 0);
  const Input enlarged = run(view_of(dot), 64, {}, true);
  EXPECT_NEAR(enlarged.at(1, 63, 63), 2, 1e-5);
  for (const cv::Size size : {cv::Size(1, 3000), cv::Size(3000, 1)}) {
    const Input thin = run(view_of(cv::Mat(size, CV_8UC3, cv::Scalar::all(7))), 640);
    const int last_x = thin.size.content_width - 1;
    const int last_y = thin.size.content_height - 1;
    EXPECT_EQ(std::max(last_x, last_y), 639);
    EXPECT_NEAR(thin.at(0, last_x, last_y), 7, 1e-4);
  }
}

TEST(Letterbox, IsReusedAtOtherSizes) {
  Letterbox letterbox;
  for (const auto& [width, height, side] :
       {std::array{300, 200, 64}, {30, 20, 0}, {200, 300, 64}, {301, 200, 64}, {300, 200, 64}}) {
    const cv::Mat image = make_noise(width, height);
    EXPECT_EQ(run(letterbox, view_of(image), side).values, run(view_of(image), side).values)
        << width << "x" << height;
  }
}

}  // namespace
}  // namespace faceshot::detect
