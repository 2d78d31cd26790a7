// Folders that appear complete or not at all.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace faceshot::data {

/// How a set's images come into its folder.
enum class LinkMode {
  hard,              ///< a second name of the same file; copied where the file system cannot
  copy,              ///< bytes of its own
  symlink,           ///< a pointer to the original's absolute path
  relative_symlink,  ///< a pointer relative to the set: both may move together
};

/// "hard", "copy", "symlink" or "relative". @throws Error(invalid_argument)
[[nodiscard]] LinkMode link_mode(const std::string& name);

/// Makes the folders above `to` and puts the image there. A link is followed to its original.
/// @throws std::filesystem::filesystem_error; Error(io) where it is copied
void link_image(const std::filesystem::path& from, const std::filesystem::path& to, LinkMode mode);

/// The folder's real place without a slash at its end: a sibling of it can be named. It need not be
/// there.
[[nodiscard]] std::filesystem::path real_folder(const std::filesystem::path& dir);

/// @throws Error(invalid_argument) if `dir` is there and is not an empty folder
void require_new_folder(const std::filesystem::path& dir);

/// A folder beside the destination, to be renamed to it when it is complete; if it is not, it
/// vanishes with everything in it.
class StagingFolder {
 public:
  /// @param dir as real_folder() gives it
  explicit StagingFolder(const std::filesystem::path& dir);
  ~StagingFolder();
  StagingFolder(const StagingFolder&) = delete;
  StagingFolder& operator=(const StagingFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Calls `build`, which fills a StagingFolder of `dir`. What the system refuses it is reported as
/// an Error(io) that knows the folder by the name that it was to get.
/// @param what "cannot export to"
void tell_failures(const char* what, const std::filesystem::path& dir,
                   const std::function<void()>& build);

}  // namespace faceshot::data
