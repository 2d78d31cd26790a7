// Finds the image that an annotation file refers to: exports use the names of another system.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace faceshot::data {

/// What a name in an annotation file stands for.
struct FoundImage {
  std::string file;      ///< relative to the folder, with '/'; empty: none
  std::string fault;     ///< why there is none, where it is not just missing
  bool renamed = false;  ///< the file has another name than the annotation file says
  bool guessed = false;  ///< renamed so that another image could be meant
};

/// Finds images below one folder. A name is taken as it is; else with '/' for '\'; else as the
/// one file whose name differs in letter case, or that has an extension where the name has none.
/// Folders in front that are not there are left away if the last of them is the folder itself
/// (img/a.jpg in .../img), or if `size_is_known`, so that a wrong image is likely to be noticed.
/// Not thread safe.
class ImageNames {
 public:
  /// @param folder need not exist
  explicit ImageNames(std::filesystem::path folder);

  /// @param size_is_known whether the annotation file says how large the image is
  [[nodiscard]] FoundImage find(const std::string& name, bool size_is_known);

 private:
  using Files = std::unordered_map<std::string, std::vector<std::string>>;

  [[nodiscard]] FoundImage find_renamed(const std::string& name, bool size_is_known);
  [[nodiscard]] std::optional<FoundImage> find_similar(const std::filesystem::path& path);
  [[nodiscard]] bool is_there(const std::filesystem::path& path) const;
  void list_files();

  std::filesystem::path folder_;
  bool listed_ = false;
  Files by_name_;  ///< files by their name in lower case; filled when first needed
  Files by_stem_;  ///< the same without extension
};

/// The name with '/' for '\', without "./" and the like; what two names of one image have in
/// common.
[[nodiscard]] std::string plain_image_name(const std::string& name);

/// "._a.jpg": not what it seems, but what macOS writes beside a.jpg on foreign file systems.
[[nodiscard]] bool is_apple_double(const std::filesystem::path& path);

}  // namespace faceshot::data
