#include "support/folder.hpp"

#include <system_error>

#include "faceshot/error.hpp"

namespace faceshot::support {

void make_folder(const std::filesystem::path& path) {
  if (path.empty()) return;
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed)
    throw Error(ErrorCode::io, "cannot create '" + path.string() + "': " + failed.message());
}

}  // namespace faceshot::support
