#include "media/photographs/image_list.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "faceshot/error.hpp"

namespace faceshot::media {
namespace {

namespace fs = std::filesystem;

void pass_over(const fs::directory_entry& entry, PassedOver& passed_over) {
  std::error_code error;
  if (entry.is_directory(error)) {
    if (entry.is_symlink(error)) ++passed_over.linked_folders;
    if (!entry.is_symlink(error) && ::access(entry.path().c_str(), R_OK | X_OK) != 0)
      ++passed_over.closed_folders;
  } else {
    ++passed_over.by_extension[lower_extension(entry.path())];
  }
}

std::vector<fs::path> images_below(const fs::path& folder, PassedOver& passed_over) {
  std::vector<fs::path> found;
  for (const auto& entry :
       fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied)) {
    std::error_code error;
    if (entry.is_regular_file(error) && is_image_path(entry.path()))
      found.push_back(entry.path());
    else
      pass_over(entry, passed_over);
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

std::string lower_extension(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

bool is_image_path(const fs::path& path) {
  constexpr std::array<std::string_view, 13> known{".jpg",  ".jpeg", ".jpe",  ".jfif", ".png",
                                                   ".webp", ".heic", ".heif", ".avif", ".tif",
                                                   ".tiff", ".gif",  ".bmp"};
  return std::find(known.begin(), known.end(), lower_extension(path)) != known.end() &&
         !path.filename().string().starts_with("._");
}

std::string PassedOver::text() const {
  std::vector<std::string> parts;
  for (const auto& [extension, count] : by_extension)
    parts.push_back(extension.empty() ? fmt::format("{} without an extension", count)
                                      : fmt::format("{} {}", count, extension));
  const auto folders = [&](std::size_t count, const char* what) {
    if (count > 0)
      parts.push_back(fmt::format("{} {} folder{}", count, what, count > 1 ? "s" : ""));
  };
  folders(linked_folders, "linked");
  folders(closed_folders, "unreadable");
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<fs::path> list_images(const std::vector<fs::path>& paths, PassedOver* passed_over) {
  std::vector<fs::path> images;
  PassedOver ignored;
  for (const fs::path& path : paths) {
    if (path != "-" && !fs::exists(path))
      throw Error(ErrorCode::not_found, "'" + path.string() + "' does not exist");
    if (!fs::is_directory(path)) {
      images.push_back(path);
      continue;
    }
    const auto found = images_below(path, passed_over != nullptr ? *passed_over : ignored);
    if (found.empty())
      throw Error(ErrorCode::not_found, "there is no image in '" + path.string() + "'");
    images.insert(images.end(), found.begin(), found.end());
  }
  return images;
}

}  // namespace faceshot::media
