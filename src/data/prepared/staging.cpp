#include "data/prepared/staging.hpp"

#include <unistd.h>

#include <string>
#include <system_error>

#include "faceshot/error.hpp"

namespace faceshot::data {

namespace fs = std::filesystem;

LinkMode link_mode(const std::string& name) {
  if (name == "hard") return LinkMode::hard;
  if (name == "copy") return LinkMode::copy;
  if (name == "symlink") return LinkMode::symlink;
  if (name == "relative") return LinkMode::relative_symlink;
  throw Error(ErrorCode::invalid_argument,
              "'" + name + "' is no kind of link; hard, copy, symlink, relative");
}

void link_image(const fs::path& from, const fs::path& to, LinkMode mode) {
  fs::create_directories(to.parent_path());
  const fs::path original = fs::canonical(from);  // not a link to a link
  if (mode == LinkMode::symlink) {
    fs::create_symlink(original, to);
    return;
  }
  if (mode == LinkMode::relative_symlink) {
    // A staging folder lies beside the folder that it becomes: the way from both is the same.
    fs::create_symlink(fs::relative(original, fs::canonical(to.parent_path())), to);
    return;
  }
  std::error_code error;
  if (mode == LinkMode::hard) fs::create_hard_link(original, to, error);
  if (mode == LinkMode::copy || error) fs::copy_file(original, to);
}

fs::path real_folder(const fs::path& dir) {
  const fs::path real = fs::weakly_canonical(fs::absolute(dir));
  return real.has_filename() ? real : real.parent_path();
}

void require_new_folder(const fs::path& dir) {
  if (fs::exists(dir) && (!fs::is_directory(dir) || !fs::is_empty(dir)))
    throw Error(ErrorCode::invalid_argument,
                "'" + dir.string() + "' has content; name a new or empty folder");
}

StagingFolder::StagingFolder(const fs::path& dir)
    : path_(dir.string() + ".preparing-" + std::to_string(::getpid())) {
  if (path_.has_parent_path()) fs::create_directories(path_.parent_path());
  fs::remove_all(path_);  // of a process that had our number before and was killed
  fs::create_directory(path_);
}

StagingFolder::~StagingFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace faceshot::data
