#include "dataset/text_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "faceshot/error.hpp"

namespace faceshot {

std::string read_text_file(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    throw Error(ErrorCode::not_found, "'" + path.string() + "' does not exist");
  if (std::filesystem::is_directory(path, error))
    throw Error(ErrorCode::io, "'" + path.string() + "' is a folder; name the file in it");
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad())
    throw Error(ErrorCode::io, "cannot read '" + path.string() + "': " + std::strerror(errno));
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  return text;
}

}  // namespace faceshot
