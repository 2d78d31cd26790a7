// libpng reports errors by longjmp, which must not cross objects with destructors.
#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>

#include "media/photographs/codecs.hpp"

namespace faceshot::media {
namespace {

struct Reader {
  const std::uint8_t* bytes;
  std::size_t left;
};

struct Failure {
  char why[120] = {};
};

void on_error(png_structp png, png_const_charp message) {
  auto* const failure = static_cast<Failure*>(png_get_error_ptr(png));
  std::strncpy(failure->why, message, sizeof failure->why - 1);
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}

void read_bytes(png_structp png, png_bytep target, png_size_t count) {
  auto* const reader = static_cast<Reader*>(png_get_io_ptr(png));
  if (count > reader->left) png_error(png, "the file is truncated");
  std::memcpy(target, reader->bytes, count);
  reader->bytes += count;
  reader->left -= count;
}

/// Converts everything to three channels of 8 bits. @return false with the reason in `failure`
bool read_header(png_structp png, png_infop info) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  // image_frame has checked the CRCs, and the last one of a truncated file cannot be right.
  png_set_crc_action(png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
  png_read_info(png, info);
  png_set_expand(png);
  png_set_scale_16(png);
  png_set_strip_alpha(png);
  png_set_gray_to_rgb(png);
  png_set_bgr(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  return true;
}

bool read_rows(png_structp png, png_bytepp rows) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_read_image(png, rows);
  return true;
}

/// Closes what libpng opened, however the scope is left.
class ReadStruct {
 public:
  explicit ReadStruct(Failure& failure)
      : png_(png_create_read_struct(PNG_LIBPNG_VER_STRING, &failure, on_error, on_warning)),
        info_(png_ != nullptr ? png_create_info_struct(png_) : nullptr) {
    if (info_ == nullptr) throw DecodeFailure{"libpng ran out of memory"};
  }
  ~ReadStruct() { png_destroy_read_struct(&png_, &info_, nullptr); }
  ReadStruct(const ReadStruct&) = delete;
  ReadStruct& operator=(const ReadStruct&) = delete;
  [[nodiscard]] png_structp png() const { return png_; }
  [[nodiscard]] png_infop info() const { return info_; }

 private:
  png_structp png_;
  png_infop info_;
};

class WriteStruct {
 public:
  explicit WriteStruct(Failure& failure)
      : png_(png_create_write_struct(PNG_LIBPNG_VER_STRING, &failure, on_error, on_warning)),
        info_(png_ != nullptr ? png_create_info_struct(png_) : nullptr) {
    if (info_ == nullptr) throw DecodeFailure{"libpng ran out of memory"};
  }
  ~WriteStruct() { png_destroy_write_struct(&png_, &info_); }
  WriteStruct(const WriteStruct&) = delete;
  WriteStruct& operator=(const WriteStruct&) = delete;
  [[nodiscard]] png_structp png() const { return png_; }
  [[nodiscard]] png_infop info() const { return info_; }

 private:
  png_structp png_;
  png_infop info_;
};

void append_bytes(png_structp png, png_bytep data, png_size_t count) {
  auto* const bytes = static_cast<std::vector<std::uint8_t>*>(png_get_io_ptr(png));
  bytes->insert(bytes->end(), data, data + count);
}

bool write_rows(png_structp png, png_infop info, const ImageView& image) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_IHDR(png, info, static_cast<png_uint_32>(image.width),
               static_cast<png_uint_32>(image.height), 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  // A third of the time of zlib's default for a few per cent more bytes.
  png_set_compression_level(png, 3);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB);
  png_write_info(png, info);
  png_set_bgr(png);
  for (int y = 0; y < image.height; ++y) png_write_row(png, image.row(y));
  png_write_end(png, info);
  return true;
}

}  // namespace

Decoded decode_png(const Encoded& file, const Allocate& allocate) {
  Failure failure;
  const ReadStruct reading(failure);
  Reader reader{file.bytes.data(), file.bytes.size()};
  png_set_read_fn(reading.png(), &reader, read_bytes);
  if (!read_header(reading.png(), reading.info())) throw DecodeFailure{failure.why};
  const auto width = png_get_image_width(reading.png(), reading.info());
  const auto height = png_get_image_height(reading.png(), reading.info());
  const std::size_t row_bytes = png_get_rowbytes(reading.png(), reading.info());
  if (row_bytes != std::size_t{3} * width) throw DecodeFailure{"it has an unknown pixel format"};
  std::uint8_t* const pixels = allocate(static_cast<int>(width), static_cast<int>(height));
  constexpr int grey = 128;
  if (file.frame.cut_off) std::memset(pixels, grey, row_bytes * height);
  std::vector<png_bytep> rows(height);
  for (std::size_t y = 0; y < height; ++y) rows[y] = pixels + y * row_bytes;
  Decoded result;
  if (!read_rows(reading.png(), rows.data())) {
    if (!file.frame.cut_off) throw DecodeFailure{failure.why};
    result.warning = failure.why;
  }
  return result;
}

std::vector<std::uint8_t> encode_png(const ImageView& image) {
  Failure failure;
  const WriteStruct writing(failure);
  std::vector<std::uint8_t> bytes;
  png_set_write_fn(writing.png(), &bytes, append_bytes, nullptr);
  if (!write_rows(writing.png(), writing.info(), image)) throw DecodeFailure{failure.why};
  return bytes;
}

}  // namespace faceshot::media
