// Folders that appear complete or not at all.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace faceshot::data {

/// How a set's images get into its folder.
enum class LinkMode {
  hard,              ///< a second name of the same file; copied if the file system does not support
                     ///< that
  copy,              ///< a copy of the bytes
  symlink,           ///< a link to the original's absolute path
  relative_symlink,  ///< a link relative to the set: both may move together
};

/// "hard", "copy", "symlink" or "relative". @throws Error(invalid_argument)
[[nodiscard]] LinkMode link_mode(const std::string& name);

/// Creates the folders above `to` and puts the image there. A link is followed to its original.
/// @throws std::filesystem::filesystem_error; Error(io) if it is copied
void link_image(const std::filesystem::path& from, const std::filesystem::path& to, LinkMode mode);

/// The folder's real path without a trailing slash, so that a sibling can be named. It need not
/// exist.
[[nodiscard]] std::filesystem::path real_folder(const std::filesystem::path& dir);

/// @throws Error(invalid_argument) if `dir` exists and is not an empty folder
void require_new_folder(const std::filesystem::path& dir);

/// A folder beside the destination, renamed to it when it is complete; otherwise it is removed with
/// everything in it.
class StagingFolder {
 public:
  /// @param dir from real_folder()
  explicit StagingFolder(const std::filesystem::path& dir);
  ~StagingFolder();
  StagingFolder(const StagingFolder&) = delete;
  StagingFolder& operator=(const StagingFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Calls `build`, which fills a StagingFolder of `dir`. A failure of the system is reported as an
/// Error(io) that names the folder by its final name.
/// @param what "cannot export to"
void tell_failures(const char* what, const std::filesystem::path& dir,
                   const std::function<void()>& build);

}  // namespace faceshot::data
