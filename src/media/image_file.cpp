#include "media/image_file.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <string_view>

#include "faceshot/error.hpp"
#include "media/image_bytes.hpp"
#include "support/atomic_file.hpp"

namespace faceshot::media {
namespace {

namespace fs = std::filesystem;

std::string lower_extension(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

/// Turns and mirrors an image as its EXIF orientation says, so that it stands upright.
cv::Mat upright(const cv::Mat& image, int orientation) {
  if (orientation == 1) return image;
  cv::Mat turned = image;
  if (orientation >= 5) cv::transpose(image, turned);
  constexpr int around_x = 0;
  constexpr int around_y = 1;
  constexpr int around_both = -1;
  cv::Mat result;
  switch (orientation) {
    case 2:
    case 6:
      cv::flip(turned, result, around_y);
      return result;
    case 3:
    case 7:
      cv::flip(turned, result, around_both);
      return result;
    case 4:
    case 8:
      cv::flip(turned, result, around_x);
      return result;
    default:
      return turned;  // 5, transposed
  }
}

std::vector<fs::path> images_below(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry :
       fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied))
    if (entry.is_regular_file() && is_image_path(entry.path())) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

cv::Mat read_image(const fs::path& path) {
  const ImageBytes file = read_image_bytes(path);
  const auto undecodable = [&](const std::string& why) {
    return Error(ErrorCode::format, "'" + path.string() + "' is damaged or not an image: " + why);
  };
  cv::Mat image;
  try {
    image = cv::imdecode(file.bytes, file.frame ? cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION
                                                : cv::IMREAD_COLOR);
  } catch (const cv::Exception& e) {
    throw undecodable(e.err);
  }
  if (image.empty()) throw undecodable("no decoder takes it");
  return file.frame ? upright(image, file.frame->orientation) : image;
}

void write_image(const fs::path& path, const cv::Mat& image) {
  const std::string extension = lower_extension(path);
  if (extension.empty() || !cv::haveImageWriter("image" + extension))
    throw Error(ErrorCode::invalid_argument,
                "cannot write '" + path.string() +
                    "': no encoder for this extension; use .jpg, .png or .webp");
  constexpr int quality = 92;
  std::vector<std::uint8_t> bytes;
  try {
    if (!cv::imencode(extension, image, bytes,
                      {cv::IMWRITE_JPEG_QUALITY, quality, cv::IMWRITE_WEBP_QUALITY, quality}))
      throw Error(ErrorCode::io, "cannot encode '" + path.string() + "'");
  } catch (const cv::Exception& e) {
    throw Error(ErrorCode::io, "cannot encode '" + path.string() + "': " + e.err);
  }
  support::write_file_atomically(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

ImageView view_of(const cv::Mat& image) {
  const auto format = [&] {
    switch (image.type()) {
      case CV_8UC1:
        return PixelFormat::gray;
      case CV_8UC3:
        return PixelFormat::bgr;
      case CV_8UC4:
        return PixelFormat::bgra;
      default:
        throw Error(ErrorCode::invalid_argument,
                    "an image must have 1, 3 or 4 channels of 8 bits, not OpenCV's type " +
                        std::to_string(image.type()));
    }
  }();
  return {image.data, image.cols, image.rows, static_cast<std::ptrdiff_t>(image.step), format};
}

bool is_image_path(const fs::path& path) {
  constexpr std::array<std::string_view, 8> known{".jpg",  ".jpeg", ".jpe", ".png",
                                                  ".webp", ".bmp",  ".tif", ".tiff"};
  return std::find(known.begin(), known.end(), lower_extension(path)) != known.end();
}

std::vector<fs::path> list_images(const std::vector<fs::path>& paths) {
  std::vector<fs::path> images;
  for (const fs::path& path : paths) {
    if (!fs::exists(path))
      throw Error(ErrorCode::not_found, "'" + path.string() + "' does not exist");
    if (!fs::is_directory(path)) {
      images.push_back(path);
      continue;
    }
    const std::vector<fs::path> found = images_below(path);
    if (found.empty())
      throw Error(ErrorCode::not_found, "there is no image in '" + path.string() + "'");
    images.insert(images.end(), found.begin(), found.end());
  }
  return images;
}

}  // namespace faceshot::media
