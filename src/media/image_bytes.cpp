#include "media/image_bytes.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include "faceshot/error.hpp"
#include "media/image_file.hpp"

namespace faceshot::media {
namespace {

std::vector<std::uint8_t> read_bytes(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status))
    throw Error(ErrorCode::not_found, "there is no image '" + path.string() + "'");
  if (!std::filesystem::is_regular_file(status))
    throw Error(ErrorCode::format, "'" + path.string() + "' is not a file but a folder or device");
  const auto size = std::filesystem::file_size(path, error);
  std::vector<std::uint8_t> bytes(error ? 0 : size);
  std::ifstream in(path, std::ios::binary);
  if (error || !in ||
      !in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size())))
    throw Error(ErrorCode::io, "cannot read '" + path.string() + "': " + std::strerror(errno));
  return bytes;
}

bool is_tiff(const std::vector<std::uint8_t>& bytes) {
  constexpr std::array<std::uint8_t, 4> little{'I', 'I', 42, 0};
  constexpr std::array<std::uint8_t, 4> big{'M', 'M', 0, 42};
  return bytes.size() >= little.size() &&
         (std::equal(little.begin(), little.end(), bytes.begin()) ||
          std::equal(big.begin(), big.end(), bytes.begin()));
}

}  // namespace

ImageBytes read_image_bytes(const std::filesystem::path& path) {
  ImageBytes file{read_bytes(path), std::nullopt};
  if (file.bytes.empty())
    throw Error(ErrorCode::format, "'" + path.string() + "' is damaged: the file is empty");
  file.frame = parse_image_frame(file.bytes, path.string());
  if (!file.frame && !is_tiff(file.bytes))
    throw Error(ErrorCode::format, "'" + path.string() +
                                       "' is not an image that can be read: JPEG, PNG, WebP, BMP "
                                       "or TIFF");
  if (file.frame && std::int64_t{file.frame->width} * file.frame->height > max_image_pixels)
    throw Error(ErrorCode::unsupported,
                "'" + path.string() + "' claims to be " + std::to_string(file.frame->width) + "x" +
                    std::to_string(file.frame->height) + " pixels, more than the limit of " +
                    std::to_string(max_image_pixels / 1'000'000) + " million; scale it down first");
  return file;
}

}  // namespace faceshot::media
