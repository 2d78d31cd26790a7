// Finds the image that an annotation file refers to, since exports often use names of another
// system.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace faceshot::data {

/// The image that a name in an annotation file refers to.
struct FoundImage {
  std::string file;      ///< relative to the folder, with '/'; empty: not found
  std::string fault;     ///< why there is none, unless it is simply missing
  bool renamed = false;  ///< its name differs from that in the annotation file
  bool guessed = false;  ///< renamed, and another image could be meant
};

/// Finds images below one folder. A name is tried unchanged, then with '/' for '\', then as the
/// only
/// file whose name differs in letter case, or in an extension that the name lacks. Leading folders
/// that do not exist are dropped if the last of them is the folder itself (img/a.jpg in .../img),
/// or if `size_is_known`, so that a wrong image would probably be noticed. Not thread safe.
class ImageNames {
 public:
  /// @param folder need not exist
  explicit ImageNames(std::filesystem::path folder);

  /// @param size_is_known whether the annotation file states the image's size
  [[nodiscard]] FoundImage find(const std::string& name, bool size_is_known);

 private:
  using Files = std::unordered_map<std::string, std::vector<std::string>>;

  [[nodiscard]] FoundImage find_renamed(const std::string& name, bool size_is_known);
  [[nodiscard]] std::optional<FoundImage> find_similar(const std::filesystem::path& path);
  [[nodiscard]] bool is_there(const std::filesystem::path& path) const;
  void list_files();

  std::filesystem::path folder_;
  bool listed_ = false;
  Files by_name_;  ///< files by their name in lower case; filled on first use
  Files by_stem_;  ///< the same without extension
};

/// The name with '/' for '\', without "./" and the like, so that different spellings of a path
/// compare equal.
[[nodiscard]] std::string plain_image_name(const std::string& name);

/// "._a.jpg": not an image, but a file that macOS writes beside a.jpg on foreign file systems.
[[nodiscard]] bool is_apple_double(const std::filesystem::path& path);

}  // namespace faceshot::data
