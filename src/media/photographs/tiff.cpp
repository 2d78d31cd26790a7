#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>

#include "media/photographs/codecs.hpp"

namespace faceshot::media {
namespace {

/// A file in memory for libtiff, and libtiff's first error message.
struct Source {
  std::span<const std::uint8_t> bytes;
  std::uint64_t at = 0;
  std::string error;
};

tmsize_t read(thandle_t handle, void* target, tmsize_t count) {
  auto* const source = static_cast<Source*>(handle);
  if (source->at >= source->bytes.size() || count <= 0) return 0;
  const auto given = std::min<std::size_t>(
      static_cast<std::size_t>(count), source->bytes.size() - static_cast<std::size_t>(source->at));
  std::memcpy(target, source->bytes.data() + source->at, given);
  source->at += given;
  return static_cast<tmsize_t>(given);
}

tmsize_t write(thandle_t, void*, tmsize_t) { return 0; }

toff_t seek(thandle_t handle, toff_t offset, int from) {
  auto* const source = static_cast<Source*>(handle);
  const std::uint64_t base = from == SEEK_CUR   ? source->at
                             : from == SEEK_END ? source->bytes.size()
                                                : 0;
  source->at = base + offset;
  return source->at;
}

int close(thandle_t) { return 0; }

toff_t size_of(thandle_t handle) { return static_cast<Source*>(handle)->bytes.size(); }

int map(thandle_t handle, void** base, toff_t* size) {
  auto* const source = static_cast<Source*>(handle);
  *base = const_cast<std::uint8_t*>(source->bytes.data());
  *size = source->bytes.size();
  return 1;
}

void unmap(thandle_t, void*, toff_t) {}

int on_error(TIFF*, void* user, const char*, const char* format, std::va_list arguments) {
  auto* const source = static_cast<Source*>(user);
  char text[200];
  std::vsnprintf(text, sizeof text, format, arguments);
  if (source->error.empty()) source->error = text;
  return 1;
}

int on_warning(TIFF*, void*, const char*, const char*, std::va_list) { return 1; }

struct CloseTiff {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};
using TiffPointer = std::unique_ptr<TIFF, CloseTiff>;

[[noreturn]] void fail(const Source& source) {
  throw DecodeFailure{source.error.empty() ? "libtiff rejects it" : source.error};
}

TiffPointer open(Source& source) {
  const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(
      TIFFOpenOptionsAlloc(), &TIFFOpenOptionsFree);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), on_error, &source);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), on_warning, &source);
  TiffPointer tiff(TIFFClientOpenExt("memory", "r", &source, read, write, seek, close, size_of, map,
                                     unmap, options.get()));
  if (!tiff) fail(source);
  return tiff;
}

}  // namespace

ImageFrame tiff_frame(std::span<const std::uint8_t> bytes) {
  Source source{bytes, 0, {}};
  const TiffPointer tiff = open(source);
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint16_t orientation = 1;
  TIFFGetField(tiff.get(), TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(tiff.get(), TIFFTAG_IMAGELENGTH, &height);
  TIFFGetFieldDefaulted(tiff.get(), TIFFTAG_ORIENTATION, &orientation);
  ImageFrame frame;
  frame.format = ImageFormat::tiff;
  constexpr std::uint32_t most = 0x7FFFFFFF;
  frame.width = static_cast<int>(std::min(width, most));
  frame.height = static_cast<int>(std::min(height, most));
  frame.orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
  return frame;
}

Decoded decode_tiff(const Encoded& file, const Allocate& allocate) {
  Source source{file.bytes, 0, {}};
  const TiffPointer tiff = open(source);
  char why[1024] = {};
  TIFFRGBAImage image;
  if (TIFFRGBAImageBegin(&image, tiff.get(), 1, why) == 0) throw DecodeFailure{why};
  const std::unique_ptr<TIFFRGBAImage, decltype(&TIFFRGBAImageEnd)> owner(&image,
                                                                          &TIFFRGBAImageEnd);
  image.req_orientation = image.orientation;  // as stored: the caller rotates it
  std::uint8_t* bgr = allocate(static_cast<int>(image.width), static_cast<int>(image.height));
  const std::size_t pixels = std::size_t{image.width} * image.height;
  std::vector<std::uint32_t> raster(pixels);
  if (TIFFRGBAImageGet(&image, raster.data(), image.width, image.height) == 0) fail(source);
  for (std::size_t i = 0; i < pixels; ++i, bgr += 3) {
    bgr[0] = static_cast<std::uint8_t>(TIFFGetB(raster[i]));
    bgr[1] = static_cast<std::uint8_t>(TIFFGetG(raster[i]));
    bgr[2] = static_cast<std::uint8_t>(TIFFGetR(raster[i]));
  }
  return {};
}

}  // namespace faceshot::media
