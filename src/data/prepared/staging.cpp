#include "data/prepared/staging.hpp"

#include <unistd.h>

#include <string>
#include <system_error>

#include "faceshot/error.hpp"
#include "support/plain_file.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;

fs::path staging_path(const fs::path& dir) {
  return dir.string() + ".preparing-" + std::to_string(::getpid());
}

/// A message with the folder's own name instead of its staging folder's.
std::string with_own_name(std::string text, const fs::path& dir) {
  const fs::path own = real_folder(dir);
  const std::string staged = staging_path(own).string();
  for (std::size_t at = 0; (at = text.find(staged, at)) != std::string::npos;)
    text.replace(at, staged.size(), own.string());
  return text;
}

}  // namespace

LinkMode link_mode(const std::string& name) {
  if (name == "hard") return LinkMode::hard;
  if (name == "copy") return LinkMode::copy;
  if (name == "symlink") return LinkMode::symlink;
  if (name == "relative") return LinkMode::relative_symlink;
  throw Error(ErrorCode::invalid_argument,
              "'" + name + "' is unknown; use hard, copy, symlink or relative");
}

void link_image(const fs::path& from, const fs::path& to, LinkMode mode) {
  fs::create_directories(to.parent_path());
  const fs::path original = fs::canonical(from);  // not a link to a link
  if (mode == LinkMode::symlink) {
    fs::create_symlink(original, to);
    return;
  }
  if (mode == LinkMode::relative_symlink) {
    // The staging folder is a sibling of the final one, so relative paths from both are the same.
    fs::create_symlink(fs::relative(original, fs::canonical(to.parent_path())), to);
    return;
  }
  std::error_code error;
  if (mode == LinkMode::hard) fs::create_hard_link(original, to, error);
  if (mode == LinkMode::copy || error) support::copy_file(original, to);
}

fs::path real_folder(const fs::path& dir) {
  const fs::path real = fs::weakly_canonical(fs::absolute(dir));
  return real.has_filename() ? real : real.parent_path();
}

void require_new_folder(const fs::path& dir) {
  if (fs::exists(dir) && (!fs::is_directory(dir) || !fs::is_empty(dir)))
    throw Error(ErrorCode::invalid_argument,
                "'" + dir.string() + "' is not empty; give a new or empty folder");
}

StagingFolder::StagingFolder(const fs::path& dir) : path_(staging_path(dir)) {
  if (path_.has_parent_path()) fs::create_directories(path_.parent_path());
  fs::remove_all(path_);  // left by a killed process with the same id
  fs::create_directory(path_);
}

StagingFolder::~StagingFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void tell_failures(const char* what, const fs::path& dir, const std::function<void()>& build) {
  try {
    build();
  } catch (const fs::filesystem_error& e) {
    throw Error(ErrorCode::io, std::string(what) + " '" + dir.string() +
                                   "': " + e.code().message() + " ('" +
                                   with_own_name(e.path1().string(), dir) + "')");
  } catch (const Error& e) {
    throw Error(e.code(), with_own_name(e.what(), dir));
  }
}

}  // namespace faceshot::data
