// Image files that only the formats' own libraries can write.
#pragma once

#include <gtest/gtest.h>
#include <libheif/heif.h>
#include <png.h>
#include <tiffio.h>
#include <turbojpeg.h>
#include <zlib.h>

#include <array>
#include <memory>

#include "media/image_fixtures.hpp"

namespace faceshot::test {

/// The stored form of the upright picture, by OpenCV operations that follow the definition of
/// EXIF's orientation tag.
inline cv::Mat stored(const cv::Mat& upright, int orientation) {
  cv::Mat result = upright.clone();
  if (orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7)
    cv::flip(result, result, 1);
  if (orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8)
    cv::flip(result, result, 0);
  if (orientation >= 5) cv::transpose(result, result);
  return result;
}

/// A CMYK JPEG as stored by Adobe's programs: inverted, with black separated.
inline Bytes make_inks_jpeg(const cv::Mat& picture) {
  Bytes inks;
  for (int y = 0; y < picture.rows; ++y)
    for (int x = 0; x < picture.cols; ++x) {
      const auto& bgr = picture.at<cv::Vec3b>(y, x);
      const int black = std::max({bgr[0], bgr[1], bgr[2], std::uint8_t{1}});
      for (int channel = 2; channel >= 0; --channel)
        inks.push_back(static_cast<std::uint8_t>(255 * bgr[channel] / black));
      inks.push_back(static_cast<std::uint8_t>(black));
    }
  const std::unique_ptr<void, int (*)(void*)> handle(tjInitCompress(), &tjDestroy);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  EXPECT_EQ(tjCompress2(handle.get(), inks.data(), picture.cols, 0, picture.rows, TJPF_CMYK, &bytes,
                        &size, TJSAMP_444, 98, TJFLAG_ACCURATEDCT),
            0);
  Bytes file(bytes, bytes + size);
  tjFree(bytes);
  return file;
}

/// Uses libpng, which can write variants that OpenCV cannot.
inline Bytes make_png(const cv::Mat& image, int colour_type, int bits, bool interlaced) {
  Bytes bytes;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &bytes,
      [](png_structp p, png_bytep data, png_size_t count) {
        auto* const to = static_cast<Bytes*>(png_get_io_ptr(p));
        to->insert(to->end(), data, data + count);
      },
      nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(image.cols),
               static_cast<png_uint_32>(image.rows), bits, colour_type,
               interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  if (colour_type == PNG_COLOR_TYPE_PALETTE) {
    std::array<png_color, 16> palette{};
    for (std::size_t i = 0; i < palette.size(); ++i)
      palette[i] = {static_cast<png_byte>(16 * i), static_cast<png_byte>(255 - 16 * i),
                    static_cast<png_byte>(7 * i)};
    png_set_PLTE(png, info, palette.data(), static_cast<int>(palette.size()));
    const std::array<png_byte, 2> alpha{0, 128};
    png_set_tRNS(png, info, alpha.data(), static_cast<int>(alpha.size()), nullptr);
  }
  std::vector<png_bytep> rows;
  for (int y = 0; y < image.rows; ++y) rows.push_back(const_cast<png_bytep>(image.ptr(y)));
  png_set_rows(png, info, rows.data());
  png_write_png(png, info, bits == 16 ? PNG_TRANSFORM_SWAP_ENDIAN : PNG_TRANSFORM_IDENTITY,
                nullptr);
  png_destroy_write_struct(&png, &info);
  return bytes;
}

inline Bytes make_heif(const cv::Mat& picture, heif_compression_format format,
                       heif_orientation orientation) {
  const std::unique_ptr<heif_context, decltype(&heif_context_free)> context(heif_context_alloc(),
                                                                            &heif_context_free);
  heif_encoder* encoder = nullptr;
  EXPECT_EQ(heif_context_get_encoder_for_format(context.get(), format, &encoder).code, 0);
  const std::unique_ptr<heif_encoder, decltype(&heif_encoder_release)> encoder_owner(
      encoder, &heif_encoder_release);
  heif_encoder_set_lossy_quality(encoder, 90);
  // libaom at its best takes seconds per picture; x265 has no such parameter.
  (void)heif_encoder_set_parameter_integer(encoder, "speed", 9);
  heif_image* image = nullptr;
  EXPECT_EQ(heif_image_create(picture.cols, picture.rows, heif_colorspace_RGB,
                              heif_chroma_interleaved_RGB, &image)
                .code,
            0);
  const std::unique_ptr<heif_image, decltype(&heif_image_release)> image_owner(image,
                                                                               &heif_image_release);
  heif_image_add_plane(image, heif_channel_interleaved, picture.cols, picture.rows, 8);
  int stride = 0;
  std::uint8_t* const rows = heif_image_get_plane(image, heif_channel_interleaved, &stride);
  cv::Mat target(picture.rows, picture.cols, CV_8UC3, rows, static_cast<std::size_t>(stride));
  cv::cvtColor(picture, target, cv::COLOR_BGR2RGB);
  const std::unique_ptr<heif_encoding_options, decltype(&heif_encoding_options_free)> options(
      heif_encoding_options_alloc(), &heif_encoding_options_free);
  options->image_orientation = orientation;
  heif_image_handle* handle = nullptr;
  EXPECT_EQ(heif_context_encode_image(context.get(), image, encoder, options.get(), &handle).code,
            0);
  heif_image_handle_release(handle);
  Bytes bytes;
  heif_writer writer{1, [](heif_context*, const void* data, std::size_t size, void* user) {
                       const auto* const from = static_cast<const std::uint8_t*>(data);
                       static_cast<Bytes*>(user)->assign(from, from + size);
                       return heif_error{heif_error_Ok, heif_suberror_Unspecified, ""};
                     }};
  EXPECT_EQ(heif_context_write(context.get(), &writer, &bytes).code, 0);
  return bytes;
}

/// @param bits 8 or 16 @param samples 1 grey, 3 colour, 4 with alpha or, `inks`, CMYK
inline Bytes make_tiff_file(const cv::Mat& picture, int orientation, int bits, int samples,
                            bool inks = false) {
  const std::filesystem::path path = make_test_folder() / "made.tif";
  TIFF* const tiff = TIFFOpen(path.c_str(), "w");
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, picture.cols);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, picture.rows);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, bits);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, samples);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_LZW);
  TIFFSetField(tiff, TIFFTAG_ORIENTATION, orientation);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC,
               inks           ? PHOTOMETRIC_SEPARATED
               : samples == 1 ? PHOTOMETRIC_MINISBLACK
                              : PHOTOMETRIC_RGB);
  if (samples == 4 && !inks) {
    const std::uint16_t unassociated = EXTRASAMPLE_UNASSALPHA;
    TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &unassociated);
  }
  Bytes row;
  for (int y = 0; y < picture.rows; ++y) {
    row.clear();
    const auto put = [&](int value) {
      if (bits == 16) row.push_back(static_cast<std::uint8_t>(value));
      row.push_back(static_cast<std::uint8_t>(value));
    };
    for (int x = 0; x < picture.cols; ++x) {
      const auto& bgr = picture.at<cv::Vec3b>(y, x);
      if (samples == 1) {
        put(bgr[0]);
        continue;
      }
      for (int channel = 2; channel >= 0; --channel) put(inks ? 255 - bgr[channel] : bgr[channel]);
      if (samples == 4) put(inks ? 0 : 255);
    }
    TIFFWriteScanline(tiff, row.data(), static_cast<std::uint32_t>(y), 0);
  }
  TIFFClose(tiff);
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A PNG with an eXIf chunk after its header.
inline Bytes png_with_exif(const Bytes& png, const Bytes& tiff) {
  Bytes chunk{'e', 'X', 'I', 'f'};
  chunk.insert(chunk.end(), tiff.begin(), tiff.end());
  const auto crc =
      static_cast<std::uint32_t>(crc32(0, chunk.data(), static_cast<uInt>(chunk.size())));
  const auto put = [](Bytes& to, std::size_t value) {
    for (const int shift : {24, 16, 8, 0}) to.push_back(static_cast<std::uint8_t>(value >> shift));
  };
  constexpr std::ptrdiff_t after_header = 8 + 25;  // signature and IHDR
  Bytes result(png.begin(), png.begin() + after_header);
  put(result, tiff.size());
  result.insert(result.end(), chunk.begin(), chunk.end());
  put(result, crc);
  result.insert(result.end(), png.begin() + after_header, png.end());
  return result;
}

/// A WebP with an EXIF chunk at its end.
inline Bytes webp_with_exif(Bytes webp, const Bytes& tiff) {
  for (const char c : {'E', 'X', 'I', 'F'}) webp.push_back(static_cast<std::uint8_t>(c));
  for (const int shift : {0, 8, 16, 24})
    webp.push_back(static_cast<std::uint8_t>(tiff.size() >> shift));
  webp.insert(webp.end(), tiff.begin(), tiff.end());
  const std::size_t riff_size = webp.size() - 8;
  for (std::size_t i = 0; i < 4; ++i) webp[4 + i] = static_cast<std::uint8_t>(riff_size >> 8 * i);
  return webp;
}

}  // namespace faceshot::test
