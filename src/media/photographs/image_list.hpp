// Which files of a folder are photographs.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace faceshot::media {

/// The extension in small letters, with its dot.
[[nodiscard]] std::string lower_extension(const std::filesystem::path& path);

/// True if the extension is one of an image that can be read (.jpg .jpeg .jpe .jfif .png .webp
/// .heic .heif .avif .tif .tiff .gif .bmp, any case), and the file is none of Apple's "._"
/// companions.
[[nodiscard]] bool is_image_path(const std::filesystem::path& path);

/// What a search of folders passed over.
struct PassedOver {
  std::map<std::string, std::size_t> by_extension;  ///< files that are not images
  std::size_t linked_folders = 0;                   ///< symbolic links, which are not followed
  std::size_t closed_folders = 0;                   ///< that may not be read

  /// "3 .pdf, 1 linked folder"; empty if nothing was.
  [[nodiscard]] std::string text() const;
};

/// Images named by `paths`, in this order: files as given, whatever their extension (`-`, standard
/// input, too); folders searched recursively for is_image_path, sorted.
/// @param passed_over receives what was not taken, unless null
/// @throws Error(not_found) for a path that does not exist or a folder without images
[[nodiscard]] std::vector<std::filesystem::path> list_images(
    const std::vector<std::filesystem::path>& paths, PassedOver* passed_over = nullptr);

}  // namespace faceshot::media
