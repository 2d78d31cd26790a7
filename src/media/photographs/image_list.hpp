// Which files of a folder are photographs.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace faceshot::media {

/// The extension in lower case, with its dot.
[[nodiscard]] std::string lower_extension(const std::filesystem::path& path);

/// True if the extension is that of a readable image (.jpg .jpeg .jpe .jfif .png .webp .heic .heif
/// .avif .tif .tiff .gif .bmp, any case), and the file is not one of Apple's "._" companions.
[[nodiscard]] bool is_image_path(const std::filesystem::path& path);

/// What a search of folders skipped.
struct PassedOver {
  std::map<std::string, std::size_t> by_extension;  ///< files that are not images
  std::size_t linked_folders = 0;                   ///< symbolic links, which are not followed
  std::size_t closed_folders = 0;                   ///< without permission to read

  /// "3 .pdf, 1 linked folder"; empty if nothing was skipped.
  [[nodiscard]] std::string text() const;
};

/// The images named by `paths`, in this order: files as given, whatever their extension (including
/// `-`, standard input); folders are searched recursively for is_image_path, sorted.
/// @param passed_over receives what was skipped, unless null
/// @throws Error(not_found) for a path that does not exist or a folder without images
[[nodiscard]] std::vector<std::filesystem::path> list_images(
    const std::vector<std::filesystem::path>& paths, PassedOver* passed_over = nullptr);

}  // namespace faceshot::media
