#include <libheif/heif.h>

#include <memory>
#include <string_view>

#include "media/photographs/codecs.hpp"

namespace faceshot::media {
namespace {

void check(const heif_error& error) {
  if (error.code != heif_error_Ok) throw DecodeFailure{error.message};
}

/// The primary image of a file in memory.
class Primary {
 public:
  explicit Primary(std::span<const std::uint8_t> bytes)
      : context_(heif_context_alloc(), &heif_context_free), handle_(nullptr, nullptr) {
    // Tiles are decoded in this thread: callers that read many photographs have their own threads.
    heif_context_set_max_decoding_threads(context_.get(), 0);
    check(heif_context_read_from_memory_without_copy(context_.get(), bytes.data(), bytes.size(),
                                                     nullptr));
    heif_image_handle* handle = nullptr;
    check(heif_context_get_primary_image_handle(context_.get(), &handle));
    handle_ = {handle, &heif_image_handle_release};
  }
  [[nodiscard]] const heif_image_handle* get() const { return handle_.get(); }

 private:
  std::unique_ptr<heif_context, decltype(&heif_context_free)> context_;
  std::unique_ptr<const heif_image_handle, decltype(&heif_image_handle_release)> handle_;
};

/// The major brand of an image sequence (ISO/IEC 23008-12, AVIF).
bool is_sequence(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t brand = 8, letters = 4;
  if (bytes.size() < brand + letters) return false;
  const std::string_view major(reinterpret_cast<const char*>(bytes.data()) + brand, letters);
  return major == "avis" || major == "msf1" || major == "hevc";
}

}  // namespace

bool is_heif(std::span<const std::uint8_t> bytes) {
  const heif_filetype_result type = heif_check_filetype(
      bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 4096)));
  return type == heif_filetype_yes_supported || type == heif_filetype_maybe;
}

ImageFrame heif_frame(std::span<const std::uint8_t> bytes) {
  const Primary primary(bytes);
  ImageFrame frame;
  frame.format = ImageFormat::heif;
  frame.width = heif_image_handle_get_width(primary.get());
  frame.height = heif_image_handle_get_height(primary.get());
  frame.animated = is_sequence(bytes);
  return frame;
}

Decoded decode_heif(const Encoded& file, const Allocate& allocate) {
  const Primary primary(file.bytes);
  heif_image* decoded = nullptr;
  check(heif_decode_image(primary.get(), &decoded, heif_colorspace_RGB, heif_chroma_interleaved_RGB,
                          nullptr));
  const std::unique_ptr<const heif_image, decltype(&heif_image_release)> image(decoded,
                                                                               &heif_image_release);
  const int width = heif_image_get_width(image.get(), heif_channel_interleaved);
  const int height = heif_image_get_height(image.get(), heif_channel_interleaved);
  int stride = 0;
  const std::uint8_t* rgb =
      heif_image_get_plane_readonly(image.get(), heif_channel_interleaved, &stride);
  if (rgb == nullptr || width <= 0 || height <= 0)
    throw DecodeFailure{"libheif returned no pixels"};
  std::uint8_t* bgr = allocate(width, height);
  for (int y = 0; y < height; ++y, rgb += stride)
    for (int x = 0; x < 3 * width; x += 3, bgr += 3) {
      bgr[0] = rgb[x + 2];
      bgr[1] = rgb[x + 1];
      bgr[2] = rgb[x];
    }
  return {};
}

}  // namespace faceshot::media
