// Photographs from and to files.
#pragma once

#include <filesystem>
#include <opencv2/core.hpp>
#include <vector>

#include "faceshot/image_view.hpp"

namespace faceshot {

/// Reads an image as 8-bit BGR, upright (EXIF orientation applied), alpha dropped, grey expanded.
/// @throws Error(not_found) no such file; Error(format) damaged, truncated or not an image
[[nodiscard]] cv::Mat read_image(const std::filesystem::path& path);

/// Writes a BGR image; the format follows the extension. Complete or not at all (temporary +
/// rename).
/// @throws Error(io)
void write_image(const std::filesystem::path& path, const cv::Mat& image);

/// View of an 8-bit matrix of 1, 3 (BGR) or 4 (BGRA) channels, for the runtime library.
[[nodiscard]] ImageView view_of(const cv::Mat& image);

/// True if the extension is one that read_image knows (.jpg .jpeg .png .webp .bmp ..., any case).
[[nodiscard]] bool is_image_path(const std::filesystem::path& path);

/// Images named by `paths`: files as given, folders searched recursively, sorted.
/// @throws Error(not_found) for a path that does not exist or a folder without images
[[nodiscard]] std::vector<std::filesystem::path> list_images(
    const std::vector<std::filesystem::path>& paths);

}  // namespace faceshot
