#include "media/photographs/image_frame.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "base/random.hpp"
#include "faceshot/error.hpp"
#include "media/image_fixtures.hpp"

namespace faceshot::media {
namespace {

using test::Bytes;
using test::encode;
using test::make_picture;

struct Sort {
  const char* name;
  const char* extension;
  int type;  ///< OpenCV's type of the image to encode
  std::vector<int> parameters;
};

/// Every container, in the variants that OpenCV can write.
std::vector<Sort> sorts() {
  return {{"jpeg", ".jpg", CV_8UC3, {}},
          {"jpeg progressive", ".jpg", CV_8UC3, {cv::IMWRITE_JPEG_PROGRESSIVE, 1}},
          {"jpeg restart markers", ".jpg", CV_8UC3, {cv::IMWRITE_JPEG_RST_INTERVAL, 2}},
          {"jpeg grey", ".jpg", CV_8UC1, {}},
          {"png", ".png", CV_8UC3, {}},
          {"png alpha", ".png", CV_8UC4, {}},
          {"png 16 bit", ".png", CV_16UC3, {}},
          {"webp lossy", ".webp", CV_8UC3, {cv::IMWRITE_WEBP_QUALITY, 80}},
          {"webp lossless", ".webp", CV_8UC3, {cv::IMWRITE_WEBP_QUALITY, 101}},
          {"webp alpha", ".webp", CV_8UC4, {cv::IMWRITE_WEBP_QUALITY, 80}},
          {"bmp", ".bmp", CV_8UC3, {}},
          {"bmp grey", ".bmp", CV_8UC1, {}}};
}

Bytes make_file(const Sort& sort, int width, int height) {
  cv::Mat image = make_picture(width, height);
  if (CV_MAT_CN(sort.type) == 1) cv::cvtColor(image, image, cv::COLOR_BGR2GRAY);
  if (CV_MAT_CN(sort.type) == 4) {
    cv::cvtColor(image, image, cv::COLOR_BGR2BGRA);
    cv::Mat corner = image(cv::Rect(0, 0, width / 2, height / 2));
    corner.setTo(cv::Scalar(10, 20, 30, 90));  // WebP drops an alpha that is opaque everywhere
  }
  if (CV_MAT_DEPTH(sort.type) == CV_16U) image.convertTo(image, CV_16U, 257);
  return encode(sort.extension, image, sort.parameters);
}

TEST(ImageFrame, FindsTheSizeThatWasEncoded) {
  for (const Sort& sort : sorts())
    for (const auto& [width, height] : {std::pair{61, 47}, {320, 200}, {1, 1}, {17, 300}}) {
      const auto frame = parse_image_frame(make_file(sort, width, height), sort.name);
      ASSERT_TRUE(frame) << sort.name;
      EXPECT_EQ(frame->width, width) << sort.name;
      EXPECT_EQ(frame->height, height) << sort.name;
      EXPECT_EQ(frame->orientation, 1) << sort.name;
    }
}

TEST(ImageFrame, NoticesAFileCutOffAnywhere) {
  for (const Sort& sort : sorts()) {
    const Bytes bytes = make_file(sort, 61, 47);
    for (std::size_t length = 12; length < bytes.size(); ++length) {
      try {
        const auto frame = parse_image_frame(std::span(bytes).first(length), "cut.file");
        ASSERT_TRUE(frame && frame->cut_off)
            << sort.name << " cut to " << length << " of " << bytes.size() << " bytes";
        ASSERT_EQ(frame->width, 61);
      } catch (const Error& e) {  // so much is missing that there is no size
        ASSERT_EQ(e.code(), ErrorCode::format) << sort.name;
        ASSERT_NE(std::string(e.what()).find("cut.file"), std::string::npos) << e.what();
      }
    }
    EXPECT_FALSE(parse_image_frame(bytes, sort.name)->cut_off) << sort.name;
  }
}

TEST(ImageFrame, NoticesABitmapThatClaimsMoreThanSixtyFourBitsCount) {
  const auto little = [](Bytes& bytes, std::size_t at, std::uint32_t value, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  };
  struct Claim {
    std::uint32_t pixels, width, height, bits;
  };
  // 2^30 rows of 2^34 bytes are 0 in 64 bits, and the others are little more.
  for (const Claim& claim :
       {Claim{54, 1U << 22, 1U << 30, 0x8000}, Claim{0xFFFFFFFF, 1U << 22, 1U << 30, 0x8000},
        Claim{54, 0x7FFFFFFF, 0x7FFFFFFF, 0xFFFF}, Claim{54, 0x7FFFFFFF, 0x80000001, 32},
        Claim{0xFFFFFFFF, 1, 1, 24}}) {
    Bytes bytes = encode(".bmp", make_picture(61, 47));
    little(bytes, 10, claim.pixels, 4);
    little(bytes, 18, claim.width, 4);
    little(bytes, 22, claim.height, 4);
    little(bytes, 28, claim.bits, 2);
    const auto refused = [&] {
      try {
        return parse_image_frame(bytes, "claims.bmp")->cut_off;
      } catch (const Error&) {
        return true;
      }
    };
    EXPECT_TRUE(refused()) << claim.width << " x " << claim.height << ", " << claim.bits << " bits";
  }
}

TEST(ImageFrame, IsNotFooledByTheEndMarkerOfAThumbnail) {
  Bytes tiff = test::make_tiff(1, true);
  const Bytes thumbnail = encode(".jpg", make_picture(16, 16));
  tiff.insert(tiff.end(), thumbnail.begin(), thumbnail.end());
  Bytes jpeg = test::with_exif(encode(".jpg", make_picture(61, 47)), tiff);
  const auto frame = parse_image_frame(jpeg, "thumbnail.jpg");
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->width, 61);
  jpeg.erase(jpeg.end() - 40, jpeg.end());
  EXPECT_TRUE(parse_image_frame(jpeg, "thumbnail.jpg")->cut_off);
}

TEST(ImageFrame, FindsTheOrientationInPngAndWebP) {
  const Bytes tiff = test::make_tiff(6, true);
  const auto append = [](Bytes& to, auto begin, auto end) {
    std::copy(begin, end, std::back_inserter(to));
  };

  const Bytes plain_png = encode(".png", make_picture(61, 47));
  constexpr std::ptrdiff_t after_header = 8 + 25;  // signature and IHDR
  const Bytes chunk_start{0, 0, 0, 26, 'e', 'X', 'I', 'f'};
  const Bytes crc{0xB7, 0x48, 0x11, 0x29};  // of type and data, by zlib
  Bytes png;
  append(png, plain_png.begin(), plain_png.begin() + after_header);
  append(png, chunk_start.begin(), chunk_start.end());
  append(png, tiff.begin(), tiff.end());
  append(png, crc.begin(), crc.end());
  append(png, plain_png.begin() + after_header, plain_png.end());
  EXPECT_EQ(parse_image_frame(png, "a.png")->orientation, 6);

  const Bytes riff_chunk{'E', 'X', 'I', 'F', 26, 0, 0, 0};
  const Bytes prefixed_chunk{'E', 'X', 'I', 'F', 32, 0, 0, 0, 'E', 'x', 'i', 'f', 0, 0};
  for (const Bytes& start : {riff_chunk, prefixed_chunk}) {
    Bytes webp = encode(".webp", make_picture(61, 47));
    append(webp, start.begin(), start.end());
    append(webp, tiff.begin(), tiff.end());
    const std::size_t riff_size = webp.size() - 8;
    webp[4] = static_cast<std::uint8_t>(riff_size & 0xFF);
    webp[5] = static_cast<std::uint8_t>(riff_size >> 8);
    const auto frame = parse_image_frame(webp, "a.webp");
    EXPECT_EQ(frame->orientation, 6);
    EXPECT_EQ(frame->width, 61);
  }
}

TEST(ImageFrame, AllowsBytesAfterTheEnd) {
  for (const Sort& sort : sorts()) {
    Bytes bytes = make_file(sort, 61, 47);
    bytes.insert(bytes.end(), 100, 0);
    EXPECT_TRUE(parse_image_frame(bytes, sort.name)) << sort.name;
  }
}

TEST(ImageFrame, ChecksPngChecksums) {
  Bytes png = encode(".png", make_picture(61, 47));
  EXPECT_NO_THROW((void)parse_image_frame(png, "a.png"));
  png[png.size() / 2] ^= 0x10;
  EXPECT_THROW((void)parse_image_frame(png, "a.png"), Error);
}

TEST(ImageFrame, LeavesOtherFormatsToTheDecoders) {
  EXPECT_FALSE(parse_image_frame(encode(".ppm", make_picture(5, 4)), "a.ppm"));
  EXPECT_FALSE(parse_image_frame(Bytes{}, "empty"));
  EXPECT_FALSE(parse_image_frame(Bytes(100, 'x'), "text"));
}

// Whatever a file contains: a size or an Error; never another exception, a crash or an endless
// loop.
TEST(ImageFrame, SurvivesRandomDamage) {
  base::Random random(20);
  for (const Sort& sort : sorts()) {
    const Bytes whole = make_file(sort, 61, 47);
    for (int round = 0; round < 300; ++round) {
      Bytes bytes = whole;
      const std::uint32_t flips = 1 + random.below(6);
      for (std::uint32_t i = 0; i < flips; ++i) {
        // Half of the damage goes into the headers, where it matters most.
        const auto reach = static_cast<std::uint32_t>(bytes.size());
        bytes[random.below(random.chance(0.5F) ? std::min(reach, 64U) : reach)] =
            static_cast<std::uint8_t>(random.below(256));
      }
      try {
        if (const auto frame = parse_image_frame(bytes, sort.name)) {
          EXPECT_GT(frame->width, 0);
          EXPECT_GT(frame->height, 0);
        }
      } catch (const Error& e) {
        EXPECT_EQ(e.code(), ErrorCode::format);
      }
    }
  }
}

}  // namespace
}  // namespace faceshot::media
