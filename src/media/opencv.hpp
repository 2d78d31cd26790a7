// Photographs as OpenCV matrices, for rooms that resample with OpenCV. Header-only: the media
// library itself does not link it.
#pragma once

#include <filesystem>
#include <opencv2/core.hpp>
#include <vector>

#include "faceshot/error.hpp"
#include "faceshot/opencv.hpp"
#include "media/drawing/canvas.hpp"
#include "media/drawing/draw.hpp"
#include "media/photographs/image_file.hpp"

namespace faceshot::media {

/// Reads a whole photograph, as read_photograph() does, as CV_8UC3. Thread safe.
/// @throws Error as read_photograph
[[nodiscard]] inline cv::Mat read_mat(const std::filesystem::path& path) {
  const ImageBytes file = read_image_bytes(path);
  cv::Mat image;
  (void)decode_photograph_into(
      file.bytes, file.frame, path.string(), {}, [&](int width, int height) {
        image.create(height, width, CV_8UC3);  // rows without gaps, as in any newly allocated
                                               // matrix
        return image.data;
      });
  return image;
}

using faceshot::view_of;

/// An image's pixels as a matrix. They are shared: the image must outlive it.
[[nodiscard]] inline cv::Mat mat_of(Image& image) {
  return {image.height(), image.width(), CV_8UC3, image.row(0), image.stride()};
}

/// An 8-bit BGR matrix to draw on, which must outlive the canvas.
/// @throws Error(invalid_argument) for any other matrix
[[nodiscard]] inline Canvas canvas_of(cv::Mat& image) {
  if (image.empty() || image.type() != CV_8UC3)
    throw Error(ErrorCode::invalid_argument,
                "the image to draw on must be 8-bit BGR and not empty");
  return {image.data, image.cols, image.rows, static_cast<std::ptrdiff_t>(image.step)};
}

/// contact_sheet() for matrices.
[[nodiscard]] inline cv::Mat contact_sheet(const std::vector<cv::Mat>& images, int columns,
                                           cv::Size cell) {
  std::vector<ImageView> views;
  for (const cv::Mat& image : images) views.push_back(view_of(image));
  Image sheet = contact_sheet(views, columns, cell.width, cell.height);
  return mat_of(sheet).clone();
}

/// Encodes the image as JPEG and decodes it again. @param image 8-bit BGR, replaced
/// @param quality 1 to 100 @throws Error(format) if it cannot be encoded
inline void pass_through_jpeg(cv::Mat& image, int quality) {
  const std::vector<std::uint8_t> bytes = encode_jpeg(view_of(image), quality);
  const ImageFrame frame{.width = image.cols, .height = image.rows};
  // Decoded separately: `image` may be a part of a larger one, with rows further apart.
  cv::Mat decoded;
  (void)decode_photograph_into(bytes, frame, "JPEG", {}, [&](int width, int height) {
    decoded.create(height, width, CV_8UC3);
    return decoded.data;
  });
  decoded.copyTo(image);
}

/// Writes an 8-bit BGR matrix. @throws Error as write_image
inline void write_mat(const std::filesystem::path& path, const cv::Mat& image) {
  write_image(path, view_of(image));
}

}  // namespace faceshot::media
