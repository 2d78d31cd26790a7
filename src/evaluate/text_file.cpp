#include "evaluate/text_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <system_error>

#include "faceshot/error.hpp"

namespace faceshot {

void write_text_file(const std::filesystem::path& path, std::string_view text) {
  std::error_code error;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  if (error)
    throw Error(ErrorCode::io,
                path.parent_path().string() + ": cannot make the folder: " + error.message());
  const std::filesystem::path temporary = path.string() + ".tmp";
  std::ofstream file(temporary, std::ios::binary);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) {
    const std::string reason = std::strerror(errno);
    std::filesystem::remove(temporary, error);
    throw Error(ErrorCode::io, path.string() + ": cannot write: " + reason);
  }
  std::filesystem::rename(temporary, path, error);
  if (error) {
    const std::string reason = error.message();
    std::filesystem::remove(temporary, error);
    throw Error(ErrorCode::io, path.string() + ": cannot write: " + reason);
  }
}

}  // namespace faceshot
