#include "media/image_file.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <fstream>
#include <iterator>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <string_view>

#include "core/atomic_file.hpp"
#include "faceshot/error.hpp"

namespace faceshot {
namespace {

std::string lower_extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

/// What the bytes lack to be a whole image, as far as their frame tells; empty if nothing. The
/// decoders below OpenCV would deliver a half grey picture and print a warning: look before them.
std::string missing_end(const std::vector<unsigned char>& bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with("\xff\xd8")) {
    // Some cameras pad after the end marker, so it is looked for near the end, not at it.
    const auto end = text.rfind("\xff\xd9");
    return end == std::string_view::npos || end < 4 ? "the JPEG's end is missing" : "";
  }
  if (text.starts_with("\x89PNG"))
    return text.find("IEND", text.size() < 64 ? 0 : text.size() - 64) == std::string_view::npos
               ? "the PNG's end is missing"
               : "";
  if (text.starts_with("RIFF") && text.size() >= 12 && text.substr(8, 4) == "WEBP") {
    std::uint32_t size = 0;
    for (int i = 3; i >= 0; --i) size = size << 8 | bytes[4 + static_cast<std::size_t>(i)];
    return text.size() < std::size_t{size} + 8 ? "the WebP's end is missing" : "";
  }
  return "";
}

}  // namespace

cv::Mat read_image(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::error_code ignored;
  if (!in || std::filesystem::is_directory(path, ignored))
    throw Error(ErrorCode::not_found, "image '" + path.string() + "' cannot be read");
  const std::vector<unsigned char> bytes((std::istreambuf_iterator<char>(in)),
                                         std::istreambuf_iterator<char>());
  const auto damaged = [&](const std::string& why) {
    return Error(ErrorCode::format, "'" + path.string() + "' is damaged or not an image: " + why);
  };
  if (bytes.empty()) throw damaged("the file is empty");
  if (const std::string why = missing_end(bytes); !why.empty()) throw damaged(why);
  cv::Mat image;
  try {
    image = cv::imdecode(bytes, cv::IMREAD_COLOR);  // upright, 8-bit, three channels
  } catch (const cv::Exception& e) {
    throw damaged(e.err);
  }
  if (image.empty()) throw damaged("no decoder takes it");
  return image;
}

void write_image(const std::filesystem::path& path, const cv::Mat& image) {
  std::vector<unsigned char> bytes;
  bool encoded = false;
  try {
    encoded = cv::imencode(lower_extension(path), image, bytes, {cv::IMWRITE_JPEG_QUALITY, 92});
  } catch (const cv::Exception&) {
    encoded = false;
  }
  if (!encoded)
    throw Error(ErrorCode::io, "cannot write '" + path.string() +
                                   "': no encoder for this extension; use .jpg, .png or .webp");
  write_file_atomically(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

ImageView view_of(const cv::Mat& image) {
  const PixelFormat format = image.channels() == 1   ? PixelFormat::gray
                             : image.channels() == 4 ? PixelFormat::bgra
                                                     : PixelFormat::bgr;
  return {image.data, image.cols, image.rows, static_cast<std::ptrdiff_t>(image.step), format};
}

bool is_image_path(const std::filesystem::path& path) {
  constexpr std::array<std::string_view, 11> known{".jpg", ".jpeg", ".jpe", ".png", ".webp", ".bmp",
                                                   ".tif", ".tiff", ".ppm", ".pgm", ".jp2"};
  const std::string extension = lower_extension(path);
  return std::find(known.begin(), known.end(), extension) != known.end();
}

std::vector<std::filesystem::path> list_images(const std::vector<std::filesystem::path>& paths) {
  namespace fs = std::filesystem;
  std::vector<fs::path> images;
  for (const fs::path& path : paths) {
    if (!fs::exists(path))
      throw Error(ErrorCode::not_found, "'" + path.string() + "' does not exist");
    if (!fs::is_directory(path)) {
      images.push_back(path);
      continue;
    }
    std::vector<fs::path> found;
    for (const auto& entry :
         fs::recursive_directory_iterator(path, fs::directory_options::skip_permission_denied))
      if (entry.is_regular_file() && is_image_path(entry.path())) found.push_back(entry.path());
    if (found.empty())
      throw Error(ErrorCode::not_found, "there is no image in '" + path.string() + "'");
    std::sort(found.begin(), found.end());
    images.insert(images.end(), found.begin(), found.end());
  }
  return images;
}

}  // namespace faceshot
