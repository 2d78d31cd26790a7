#include "video/reading/film_list.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "media/photographs/image_list.hpp"

namespace faceshot::video {

bool is_film_path(const std::filesystem::path& path) {
  static constexpr std::array<std::string_view, 18> extensions{
      ".mp4", ".m4v", ".mov", ".mkv",  ".webm", ".avi", ".mts", ".m2ts", ".ts",
      ".3gp", ".3g2", ".mpg", ".mpeg", ".wmv",  ".flv", ".ogv", ".mxf",  ".vob"};
  if (path.filename().string().starts_with("._")) return false;
  const std::string own = media::lower_extension(path);
  return std::find(extensions.begin(), extensions.end(), own) != extensions.end();
}

}  // namespace faceshot::video
