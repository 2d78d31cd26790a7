// Photographs from and to files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <opencv2/core.hpp>
#include <vector>

#include "faceshot/image_view.hpp"

namespace faceshot::media {

/// No image larger than this is decoded: a file of a few kB can claim to be one.
inline constexpr std::int64_t max_image_pixels = 250'000'000;

/// Reads a JPEG, PNG, WebP, BMP or TIFF file, whatever its name, as 8-bit BGR, upright (EXIF
/// orientation applied), alpha dropped, grey expanded. Thread safe. A JPEG that is whole but wrong
/// inside its compressed data is delivered as libjpeg makes it out, and libjpeg warns on stderr.
/// @throws Error(not_found) no such file; Error(io) the system cannot read it; Error(format)
///         damaged, truncated or not an image; Error(unsupported) more than max_image_pixels
[[nodiscard]] cv::Mat read_image(const std::filesystem::path& path);

/// Writes a BGR image; the format follows the extension. Complete or not at all (temporary +
/// rename). JPEG and WebP in a quality that shows no artefacts at normal size. Thread safe.
/// @throws Error(invalid_argument) for an extension that no encoder knows; Error(io)
void write_image(const std::filesystem::path& path, const cv::Mat& image);

/// View of an 8-bit matrix of 1, 3 (BGR) or 4 (BGRA) channels, for the runtime library. Shares the
/// pixels: the matrix must outlive it.
/// @throws Error(invalid_argument) for any other matrix
[[nodiscard]] ImageView view_of(const cv::Mat& image);

/// True if the extension is one that read_image knows (.jpg .jpeg .jpe .png .webp .bmp
/// .tif .tiff, any case).
[[nodiscard]] bool is_image_path(const std::filesystem::path& path);

/// Images named by `paths`, in this order: files as given, whatever their extension; folders
/// searched recursively for is_image_path, sorted.
/// @throws Error(not_found) for a path that does not exist or a folder without images
[[nodiscard]] std::vector<std::filesystem::path> list_images(
    const std::vector<std::filesystem::path>& paths);

}  // namespace faceshot::media
