// Files of every format, written by the formats' own libraries or by hand, compared with what was
// written or with OpenCV's result.
#include <gif_lib.h>
#include <gtest/gtest.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include <array>
#include <cstring>
#include <memory>

#include "faceshot/error.hpp"
#include "media/format_fixtures.hpp"
#include "media/opencv.hpp"

namespace faceshot::media {
namespace {

using test::Bytes;
using test::encode;
using test::make_heif;
using test::make_inks_jpeg;
using test::make_picture;
using test::make_png;
using test::make_tiff_file;
using test::stored;

cv::Mat decoded(const Bytes& bytes, const ReadOptions& options = {}) {
  Photograph photograph = decode_photograph(bytes, "made.file", options);
  return mat_of(photograph.image).clone();
}

/// Mean difference of a channel's values; an impossible number if the sizes differ.
double difference(const cv::Mat& a, const cv::Mat& b) {
  if (a.size() != b.size() || a.type() != b.type()) return 1000;
  return cv::norm(a, b, cv::NORM_L1) / static_cast<double>(3 * a.total());
}

// --- JPEG ---

TEST(Jpeg, InksAreConverted) {
  const cv::Mat picture = make_picture(64, 48);
  const Bytes file = make_inks_jpeg(picture);
  EXPECT_LT(difference(decoded(file), picture), 3);
  EXPECT_LT(difference(decoded(file), cv::imdecode(file, cv::IMREAD_COLOR)), 1.5);
}

TEST(Jpeg, ReducedIsTheMeanOfItsPixels) {
  const cv::Mat picture = make_picture(1000, 600);
  const Bytes file = encode(".jpg", picture, {cv::IMWRITE_JPEG_QUALITY, 95});
  for (const auto& [max_side, reduction] :
       {std::pair{0, 1}, {1000, 1}, {501, 1}, {500, 2}, {251, 2}, {250, 4}, {125, 8}, {10, 8}}) {
    const Photograph photograph =
        decode_photograph(file, "made.jpg", ReadOptions{.max_side = max_side});
    EXPECT_EQ(photograph.image.width(), 1000 / reduction) << max_side;
    EXPECT_EQ(photograph.width, 1000);
    EXPECT_EQ(photograph.height, 600);
    EXPECT_EQ(photograph.scale_x, reduction);
    EXPECT_EQ(photograph.scale_y, reduction);
    cv::Mat smaller;
    cv::resize(picture, smaller, {1000 / reduction, 600 / reduction}, 0, 0, cv::INTER_AREA);
    EXPECT_LT(difference(decoded(file, {.max_side = max_side}), smaller), 2) << max_side;
  }
}

TEST(Jpeg, ReducedKeepsItsTurn) {
  const Bytes file =
      test::with_exif(encode(".jpg", stored(make_picture(400, 640), 6)), test::make_tiff(6, true));
  const Photograph photograph = decode_photograph(file, "turned.jpg", {.max_side = 320});
  EXPECT_EQ(photograph.width, 400);
  EXPECT_EQ(photograph.height, 640);
  EXPECT_EQ(photograph.image.width(), 200);
  EXPECT_EQ(photograph.image.height(), 320);
  EXPECT_LT(difference(decoded(file, {.max_side = 320}), make_picture(200, 320)), 4);
}

// --- What is cut off ---

TEST(CutOff, IsRefusedUnlessATailIsOptional) {
  const cv::Mat picture = make_picture(320, 240);
  for (const std::string extension : {".jpg", ".png", ".webp", ".bmp"}) {
    Bytes file = encode(extension, picture);
    file.resize(file.size() * 3 / 4);
    EXPECT_THROW((void)decode_photograph(file, "cut" + extension), Error);
    const Photograph photograph =
        decode_photograph(file, "cut" + extension, {.tail = Tail::optional});
    EXPECT_FALSE(photograph.warning.empty()) << extension;
    EXPECT_EQ(photograph.width, 320) << extension;
    const cv::Mat image = decoded(file, {.tail = Tail::optional});
    // A bitmap begins with the picture's last row, the others with the first; WebP has much data
    // before the first pixel.
    const cv::Rect whole = extension == ".bmp"    ? cv::Rect(0, 140, 320, 100)
                           : extension == ".webp" ? cv::Rect(0, 0, 320, 16)
                                                  : cv::Rect(0, 0, 320, 100);
    EXPECT_LT(difference(image(whole).clone(), picture(whole).clone()), 4) << extension;
  }
}

TEST(CutOff, OnlyTheEndMarkerOfAJpegMissing) {
  const cv::Mat picture = make_picture(160, 120);
  Bytes file = encode(".jpg", picture);
  file.resize(file.size() - 2);
  EXPECT_THROW((void)decode_photograph(file, "no_end.jpg"), Error);
  EXPECT_LT(difference(decoded(file, {.tail = Tail::optional}), picture), 4);
}

// --- PNG ---

TEST(Png, EveryKindIsReadAsOpenCvDoes) {
  cv::Mat noise(37, 53, CV_8UC4);
  cv::RNG(3).fill(noise, cv::RNG::UNIFORM, 0, 256);
  cv::Mat wide;
  noise.convertTo(wide, CV_16U, 257);
  struct Kind {
    int colour_type, bits, mat;
  };
  for (const bool interlaced : {false, true})
    for (const Kind& kind :
         {Kind{PNG_COLOR_TYPE_GRAY, 8, CV_8UC1}, Kind{PNG_COLOR_TYPE_GRAY, 2, CV_8UC1},
          Kind{PNG_COLOR_TYPE_GRAY_ALPHA, 8, CV_8UC2}, Kind{PNG_COLOR_TYPE_RGB, 8, CV_8UC3},
          Kind{PNG_COLOR_TYPE_RGBA, 8, CV_8UC4}, Kind{PNG_COLOR_TYPE_RGB, 16, CV_16UC3},
          Kind{PNG_COLOR_TYPE_RGBA, 16, CV_16UC4}, Kind{PNG_COLOR_TYPE_PALETTE, 4, CV_8UC1}}) {
      const cv::Mat& source = kind.bits == 16 ? wide : noise;
      cv::Mat image(37, 53, kind.mat);
      std::memcpy(image.data, source.data, image.total() * image.elemSize());
      const Bytes file = make_png(image, kind.colour_type, kind.bits, interlaced);
      const cv::Mat wanted = cv::imdecode(file, cv::IMREAD_COLOR);
      EXPECT_LE(cv::norm(decoded(file), wanted, cv::NORM_INF), kind.bits == 16 ? 1 : 0)
          << "type " << kind.colour_type << ", " << kind.bits << " bits, interlaced " << interlaced;
    }
}

// --- WebP ---

TEST(WebP, ReducedSaysItsScale) {
  const Bytes file = encode(".webp", make_picture(1000, 601), {cv::IMWRITE_WEBP_QUALITY, 95});
  const Photograph photograph = decode_photograph(file, "made.webp", {.max_side = 300});
  EXPECT_EQ(photograph.width, 1000);
  EXPECT_EQ(photograph.image.width(), 334);
  EXPECT_NEAR(photograph.scale_x, 1000.0 / 334, 1e-9);
  EXPECT_NEAR(photograph.scale_y, 601.0 / photograph.image.height(), 1e-9);
  EXPECT_LT(
      difference(decoded(file, {.max_side = 300}), make_picture(334, photograph.image.height())),
      4);
}

TEST(WebP, OfAnAnimationTheFirstFrame) {
  const cv::Mat first = make_picture(64, 48);
  WebPAnimEncoderOptions options;
  ASSERT_NE(WebPAnimEncoderOptionsInit(&options), 0);
  const std::unique_ptr<WebPAnimEncoder, decltype(&WebPAnimEncoderDelete)> encoder(
      WebPAnimEncoderNew(64, 48, &options), &WebPAnimEncoderDelete);
  WebPConfig config;
  ASSERT_NE(WebPConfigInit(&config), 0);
  config.lossless = 1;
  const cv::Mat second(48, 64, CV_8UC3, cv::Scalar(9, 9, 9));
  int timestamp = 0;
  for (const cv::Mat& frame : {first, second}) {
    cv::Mat rgb;
    cv::cvtColor(frame, rgb, cv::COLOR_BGR2RGB);
    WebPPicture picture;
    ASSERT_NE(WebPPictureInit(&picture), 0);
    picture.use_argb = 1;
    picture.width = 64;
    picture.height = 48;
    ASSERT_NE(WebPPictureImportRGB(&picture, rgb.data, 64 * 3), 0);
    ASSERT_NE(WebPAnimEncoderAdd(encoder.get(), &picture, timestamp, &config), 0);
    WebPPictureFree(&picture);
    timestamp += 100;
  }
  ASSERT_NE(WebPAnimEncoderAdd(encoder.get(), nullptr, timestamp, nullptr), 0);
  WebPData data;
  WebPDataInit(&data);
  ASSERT_NE(WebPAnimEncoderAssemble(encoder.get(), &data), 0);
  const Bytes file(data.bytes, data.bytes + data.size);
  WebPDataClear(&data);
  EXPECT_TRUE(parse_image_frame(file, "a.webp")->animated);
  EXPECT_EQ(difference(decoded(file), first), 0);
}

// --- HEIF ---

TEST(Heif, HeicAndAvifAreReadAndTurned) {
  const cv::Mat picture = make_picture(128, 96);
  for (const heif_compression_format format : {heif_compression_HEVC, heif_compression_AV1}) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      const Bytes file = make_heif(stored(picture, orientation), format,
                                   static_cast<heif_orientation>(orientation));
      const auto frame = parse_image_frame(file, "made.heic");
      ASSERT_TRUE(frame);
      EXPECT_EQ(frame->width, 128) << orientation;
      EXPECT_EQ(frame->height, 96) << orientation;
      EXPECT_LT(difference(decoded(file), picture), 5)
          << "format " << format << ", " << orientation;
    }
  }
}

TEST(Heif, DamageIsAnError) {
  Bytes file = make_heif(make_picture(128, 96), heif_compression_HEVC, heif_orientation_normal);
  file.resize(file.size() * 2 / 3);
  EXPECT_THROW((void)decode_photograph(file, "cut.heic", {.tail = Tail::optional}), Error);
}

// --- TIFF ---

TEST(Tiff, EveryKindAndTurn) {
  const cv::Mat picture = make_picture(64, 48);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const cv::Mat turned = stored(picture, orientation);
    for (const int bits : {8, 16}) {
      for (const int samples : {3, 4})
        EXPECT_LE(difference(decoded(make_tiff_file(turned, orientation, bits, samples)), picture),
                  1)
            << orientation << ", " << bits << " bits, " << samples;
      cv::Mat blue;
      cv::extractChannel(picture, blue, 0);
      cv::cvtColor(blue, blue, cv::COLOR_GRAY2BGR);
      EXPECT_LE(difference(decoded(make_tiff_file(turned, orientation, bits, 1)), blue), 1)
          << orientation << ", " << bits << " bits, grey";
    }
    EXPECT_LE(difference(decoded(make_tiff_file(turned, orientation, 8, 4, true)), picture), 2)
        << orientation << ", inks";
  }
}

TEST(Tiff, ATooLargeOneIsRefusedFromItsHeader) {
  Bytes file = make_tiff_file(make_picture(64, 48), 1, 8, 3);
  // The directory's entries for width (256) and length (257): 12 bytes, the value in the last four.
  for (std::size_t at = 0; at + 12 <= file.size(); ++at)
    if ((file[at] == 0 || file[at] == 1) && file[at + 1] == 1 && file[at + 3] == 0 &&
        (file[at + 2] == 3 || file[at + 2] == 4) && file[at + 4] == 1 &&
        (file[at + 8] == 64 || file[at + 8] == 48)) {
      file[at + 2] = 4;
      const Bytes value{0x20, 0x4E, 0, 0};  // 20,000
      std::copy(value.begin(), value.end(), file.begin() + static_cast<std::ptrdiff_t>(at) + 8);
    }
  try {
    (void)decode_photograph(file, "large.tif");
    FAIL() << "no error";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::unsupported) << e.what();
    EXPECT_NE(std::string(e.what()).find("20000x20000"), std::string::npos) << e.what();
  }
}

// --- GIF ---

Bytes make_gif(const cv::Mat& indices, const std::vector<cv::Vec3b>& palette, bool interlaced,
               int pictures = 1) {
  Bytes bytes;
  int error = 0;
  GifFileType* const gif = EGifOpen(
      &bytes,
      [](GifFileType* g, const GifByteType* data, int count) {
        static_cast<Bytes*>(g->UserData)
            ->insert(static_cast<Bytes*>(g->UserData)->end(), data, data + count);
        return count;
      },
      &error);
  ColorMapObject* const map = GifMakeMapObject(static_cast<int>(palette.size()), nullptr);
  for (std::size_t i = 0; i < palette.size(); ++i)
    map->Colors[i] = {palette[i][2], palette[i][1], palette[i][0]};
  EGifPutScreenDesc(gif, indices.cols, indices.rows, 8, 0, map);
  const std::array<std::pair<int, int>, 4> passes{{{0, 8}, {4, 8}, {2, 4}, {1, 2}}};
  const auto put = [&](int y) {
    EGifPutLine(gif, const_cast<GifPixelType*>(indices.ptr(y)), indices.cols);
  };
  for (int picture = 0; picture < pictures; ++picture) {
    // A local palette and an extension before each: data between pictures is skipped.
    EGifPutExtension(gif, COMMENT_EXT_FUNC_CODE, 2, "\x2C\x2C");
    EGifPutImageDesc(gif, 0, 0, indices.cols, indices.rows, interlaced, map);
    if (interlaced)
      for (const auto& [first, step] : passes)
        for (int y = first; y < indices.rows; y += step) put(y);
    else
      for (int y = 0; y < indices.rows; ++y) put(y);
  }
  EGifCloseFile(gif, &error);
  GifFreeMapObject(map);
  return bytes;
}

TEST(Gif, TheFirstPicture) {
  cv::Mat indices(45, 61, CV_8UC1);
  cv::RNG(5).fill(indices, cv::RNG::UNIFORM, 0, 16);
  std::vector<cv::Vec3b> palette(16);
  for (int i = 0; i < 16; ++i)
    palette[static_cast<std::size_t>(i)] = {static_cast<std::uint8_t>(i * 16),
                                            static_cast<std::uint8_t>(255 - i), 77};
  cv::Mat wanted(45, 61, CV_8UC3);
  for (int y = 0; y < 45; ++y)
    for (int x = 0; x < 61; ++x)
      wanted.at<cv::Vec3b>(y, x) = palette[indices.at<std::uint8_t>(y, x)];
  for (const bool interlaced : {false, true})
    for (const int pictures : {1, 3}) {
      const Bytes file = make_gif(indices, palette, interlaced, pictures);
      EXPECT_EQ(difference(decoded(file), wanted), 0) << interlaced;
      EXPECT_EQ(parse_image_frame(file, "a.gif")->animated, pictures > 1) << interlaced;
    }
}

TEST(Gif, CutOffBehindItsFirstPictureItIsStillRead) {
  const cv::Mat indices(45, 61, CV_8UC1, cv::Scalar(1));
  const Bytes whole = make_gif(indices, std::vector<cv::Vec3b>(16), false, 2);
  for (std::size_t size = 13; size < whole.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const auto frame = parse_image_frame(cut, "cut.gif");
    ASSERT_TRUE(frame);
    EXPECT_FALSE(frame->cut_off);
    EXPECT_EQ(frame->width, 61);
  }
}

// --- BMP ---

struct BmpKind {
  const char* name;
  std::uint32_t bits, compression;
  bool from_top;
};

/// By hand: rows of `data` as they are in the file.
Bytes make_bmp(int width, int height, const BmpKind& kind, const Bytes& palette_and_masks,
               const Bytes& data) {
  Bytes bytes(54);
  const auto put = [&](std::size_t at, std::uint32_t value, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      bytes[at + i] = static_cast<std::uint8_t>(value >> 8 * i);
  };
  put(0, 'B' + ('M' << 8), 2);
  put(2, static_cast<std::uint32_t>(54 + palette_and_masks.size() + data.size()), 4);
  put(10, static_cast<std::uint32_t>(54 + palette_and_masks.size()), 4);
  put(14, 40, 4);
  put(18, static_cast<std::uint32_t>(width), 4);
  put(22, static_cast<std::uint32_t>(kind.from_top ? -height : height), 4);
  put(26, 1, 2);
  put(28, kind.bits, 2);
  put(30, kind.compression, 4);
  bytes.insert(bytes.end(), palette_and_masks.begin(), palette_and_masks.end());
  bytes.insert(bytes.end(), data.begin(), data.end());
  return bytes;
}

TEST(Bmp, EveryKindIsReadAsOpenCvDoes) {
  Bytes noise(4 * 64 * 48);
  cv::Mat as_mat(1, static_cast<int>(noise.size()), CV_8UC1, noise.data());
  cv::RNG(9).fill(as_mat, cv::RNG::UNIFORM, 0, 256);
  const auto palette = [&](std::size_t colours) {
    Bytes entries(4 * colours);
    for (std::size_t i = 0; i < entries.size(); ++i)
      entries[i] = i % 4 == 3 ? std::uint8_t{0} : static_cast<std::uint8_t>(i * 37);
    return entries;
  };
  const Bytes masks565{0, 0xF8, 0, 0, 0xE0, 7, 0, 0, 0x1F, 0, 0, 0};
  for (const BmpKind& kind : {BmpKind{"1", 1, 0, false},
                              {"4", 4, 0, false},
                              {"8", 8, 0, false},
                              {"8 from top", 8, 0, true},
                              {"15", 16, 0, false},
                              {"16", 16, 3, false},
                              {"24", 24, 0, false},
                              {"24 from top", 24, 0, true},
                              {"32", 32, 0, false}}) {
    const std::size_t stride = (61 * kind.bits + 31) / 32 * 4;
    const Bytes data(noise.begin(), noise.begin() + static_cast<std::ptrdiff_t>(stride * 47));
    const Bytes extra = kind.bits <= 8          ? palette(std::size_t{1} << kind.bits)
                        : kind.compression == 3 ? masks565
                                                : Bytes{};
    const Bytes file = make_bmp(61, 47, kind, extra, data);
    const cv::Mat wanted = cv::imdecode(file, cv::IMREAD_COLOR);
    ASSERT_FALSE(wanted.empty()) << kind.name;
    // OpenCV leaves the low bits of a stretched field at 0, we stretch 31 to 255.
    EXPECT_LE(cv::norm(decoded(file), wanted, cv::NORM_INF), kind.bits == 16 ? 7 : 0) << kind.name;
  }
}

TEST(Bmp, RunLengths) {
  // Four pixels of 5, three single ones, end of line; two of 9, end of picture: 8 x 2, from the
  // bottom.
  const BmpKind eight{"rle8", 8, 1, false};
  Bytes palette(4 * 256);
  for (std::size_t i = 0; i < 256; ++i) palette[4 * i] = static_cast<std::uint8_t>(i);
  const Bytes runs{4, 5, 0, 3, 1, 2, 3, 0, 0, 0, 2, 9, 0, 1};
  const cv::Mat image = decoded(make_bmp(8, 2, eight, palette, runs));
  const std::array<int, 8> lower{5, 5, 5, 5, 1, 2, 3, 0};
  const std::array<int, 8> upper{9, 9, 0, 0, 0, 0, 0, 0};
  for (int x = 0; x < 8; ++x) {
    EXPECT_EQ(image.at<cv::Vec3b>(1, x)[0], lower[static_cast<std::size_t>(x)]) << x;
    EXPECT_EQ(image.at<cv::Vec3b>(0, x)[0], upper[static_cast<std::size_t>(x)]) << x;
  }
  const BmpKind four{"rle4", 4, 2, false};
  const Bytes nibbles{5, 0x12, 0, 0, 0, 3, 0x34, 0x50, 0, 1};
  const cv::Mat small =
      decoded(make_bmp(5, 2, four, Bytes(palette.begin(), palette.begin() + 64), nibbles));
  const std::array<int, 5> below{1, 2, 1, 2, 1};
  const std::array<int, 5> above{3, 4, 5, 0, 0};
  for (int x = 0; x < 5; ++x) {
    EXPECT_EQ(small.at<cv::Vec3b>(1, x)[0], below[static_cast<std::size_t>(x)]) << x;
    EXPECT_EQ(small.at<cv::Vec3b>(0, x)[0], above[static_cast<std::size_t>(x)]) << x;
  }
}

TEST(Bmp, WrittenIsReadAgain) {
  const cv::Mat picture = make_picture(61, 47);
  const Bytes file = encode_bmp(view_of(picture));
  EXPECT_EQ(difference(decoded(file), picture), 0);
  EXPECT_EQ(difference(cv::imdecode(file, cv::IMREAD_COLOR), picture), 0);
}

// --- All ---

TEST(EveryFormat, SurvivesRandomDamage) {
  const cv::Mat picture = make_picture(61, 47);
  cv::Mat indices(45, 61, CV_8UC1, cv::Scalar(1));
  std::vector<std::pair<std::string, Bytes>> files{
      {"jpeg", encode(".jpg", picture)},
      {"jpeg progressive", encode(".jpg", picture, {cv::IMWRITE_JPEG_PROGRESSIVE, 1})},
      {"png", encode(".png", picture)},
      {"webp", encode(".webp", picture)},
      {"bmp", encode(".bmp", picture)},
      {"tiff", make_tiff_file(picture, 6, 8, 3)},
      {"gif", make_gif(indices, std::vector<cv::Vec3b>(16), true)},
      {"heic", make_heif(picture, heif_compression_HEVC, heif_orientation_normal)}};
  cv::RNG random(11);
  for (const auto& [name, whole] : files)
    for (int round = 0; round < 60; ++round) {
      Bytes bytes = whole;
      for (int flips = random.uniform(1, 6); flips > 0; --flips)
        bytes[static_cast<std::size_t>(random.uniform(0, static_cast<int>(bytes.size())))] =
            static_cast<std::uint8_t>(random.uniform(0, 256));
      try {
        const Photograph photograph = decode_photograph(bytes, name, {.tail = Tail::optional});
        EXPECT_FALSE(photograph.image.empty());
      } catch (const Error& e) {
        EXPECT_NE(std::string(e.what()).find(name), std::string::npos) << e.what();
      }
    }
}

}  // namespace
}  // namespace faceshot::media
