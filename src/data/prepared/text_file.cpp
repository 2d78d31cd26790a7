#include "data/prepared/text_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "faceshot/error.hpp"

namespace faceshot::data {

std::ifstream open_text_file(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    throw Error(ErrorCode::not_found, "'" + path.string() + "' does not exist");
  if (std::filesystem::is_directory(path, error))
    throw Error(ErrorCode::io, "'" + path.string() + "' is a folder; name the file in it");
  std::ifstream in(path, std::ios::binary);
  if (!in)
    throw Error(ErrorCode::io, "cannot read '" + path.string() + "': " + std::strerror(errno));
  char mark[3] = {};
  in.read(mark, sizeof mark);
  if (in.gcount() != sizeof mark || std::memcmp(mark, "\xEF\xBB\xBF", sizeof mark) != 0) {
    in.clear();
    in.seekg(0);
  }
  return in;
}

std::string read_text_file(const std::filesystem::path& path) {
  std::ifstream in = open_text_file(path);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad())
    throw Error(ErrorCode::io, "cannot read '" + path.string() + "': " + std::strerror(errno));
  return text;
}

}  // namespace faceshot::data
