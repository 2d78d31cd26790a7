#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "media/photographs/codecs.hpp"

namespace faceshot::media {
namespace {

void drop_alpha(const std::uint8_t* bgra, std::size_t pixels, std::uint8_t* bgr) {
  for (std::size_t i = 0; i < pixels; ++i) std::memcpy(bgr + 3 * i, bgra + 4 * i, 3);
}

Decoded decode_first_frame(const Encoded& file, const Allocate& allocate) {
  WebPAnimDecoderOptions options;
  if (WebPAnimDecoderOptionsInit(&options) == 0)
    throw DecodeFailure{"libwebp has a different version"};
  options.color_mode = MODE_BGRA;
  const WebPData data{file.bytes.data(), file.bytes.size()};
  // Sized before the decoder allocates its canvas.
  std::uint8_t* const pixels = allocate(file.frame.width, file.frame.height);
  const std::unique_ptr<WebPAnimDecoder, decltype(&WebPAnimDecoderDelete)> decoder(
      WebPAnimDecoderNew(&data, &options), &WebPAnimDecoderDelete);
  std::uint8_t* canvas = nullptr;
  int timestamp = 0;
  WebPAnimInfo info;
  if (!decoder || WebPAnimDecoderGetInfo(decoder.get(), &info) == 0 ||
      static_cast<int>(info.canvas_width) != file.frame.width ||
      static_cast<int>(info.canvas_height) != file.frame.height ||
      WebPAnimDecoderGetNext(decoder.get(), &canvas, &timestamp) == 0)
    throw DecodeFailure{"its first frame cannot be decoded"};
  drop_alpha(canvas, std::size_t{info.canvas_width} * info.canvas_height, pixels);
  return {};
}

}  // namespace

Decoded decode_webp(const Encoded& file, const Allocate& allocate) {
  if (file.frame.animated) return decode_first_frame(file, allocate);
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) throw DecodeFailure{"libwebp has a different version"};
  // The features of a truncated file may still be complete.
  if (WebPGetFeatures(file.bytes.data(), file.bytes.size(), &config.input) != VP8_STATUS_OK)
    throw DecodeFailure{"libwebp rejects its header"};
  int width = config.input.width;
  int height = config.input.height;
  Decoded result;
  const int reduction = file.max_side > 0 ? std::max(width, height) / file.max_side : 1;
  if (reduction > 1) {
    config.options.use_scaling = 1;
    width = config.options.scaled_width = (width + reduction - 1) / reduction;
    height = config.options.scaled_height = (height + reduction - 1) / reduction;
    result.scale_x = static_cast<double>(config.input.width) / width;
    result.scale_y = static_cast<double>(config.input.height) / height;
  }
  std::uint8_t* const pixels = allocate(width, height);
  config.output.colorspace = MODE_BGR;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = pixels;
  config.output.u.RGBA.stride = 3 * width;
  config.output.u.RGBA.size =
      std::size_t{3} * static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  if (!file.frame.cut_off) {
    if (WebPDecode(file.bytes.data(), file.bytes.size(), &config) != VP8_STATUS_OK)
      throw DecodeFailure{"its compressed data is damaged"};
    return result;
  }
  constexpr int grey = 128;
  std::memset(pixels, grey, config.output.u.RGBA.size);
  const std::unique_ptr<WebPIDecoder, decltype(&WebPIDelete)> decoder(
      WebPIDecode(nullptr, 0, &config), &WebPIDelete);
  if (!decoder) throw DecodeFailure{"libwebp ran out of memory"};
  const VP8StatusCode status = WebPIAppend(decoder.get(), file.bytes.data(), file.bytes.size());
  if (status != VP8_STATUS_OK && status != VP8_STATUS_SUSPENDED)
    throw DecodeFailure{"its compressed data is damaged"};
  result.warning = "the file is truncated";
  return result;
}

std::vector<std::uint8_t> encode_webp(const ImageView& image, int quality) {
  std::uint8_t* bytes = nullptr;
  const std::size_t size =
      WebPEncodeBGR(image.data, image.width, image.height, static_cast<int>(image.stride),
                    static_cast<float>(quality), &bytes);
  const std::unique_ptr<std::uint8_t, decltype(&WebPFree)> owner(bytes, &WebPFree);
  if (size == 0) throw DecodeFailure{"libwebp cannot encode it (the maximum side is 16383 pixels)"};
  return {bytes, bytes + size};
}

}  // namespace faceshot::media
