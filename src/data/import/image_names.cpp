#include "data/import/image_names.hpp"

#include <algorithm>
#include <cctype>
#include <system_error>
#include <utility>

#include "data/prepared/prepared_format.hpp"
#include "media/photographs/image_list.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Without leading C:, / and ..: could be a path in another folder.
fs::path without_root(std::string name) {
  if (name.size() > 1 && name[1] == ':' && std::isalpha(static_cast<unsigned char>(name[0])) != 0)
    name.erase(0, 2);
  const fs::path path = fs::path(name).relative_path();
  fs::path result;
  for (const fs::path& part : path)
    if (part != "..") result /= part;
  return result;
}

/// The folder's own name.
fs::path own_name(const fs::path& folder) {
  const fs::path path = fs::absolute(folder).lexically_normal();
  return path.has_filename() ? path.filename() : path.parent_path().filename();
}

}  // namespace

std::string plain_image_name(const std::string& name) {
  std::string slashes = name;
  std::replace(slashes.begin(), slashes.end(), '\\', '/');
  return fs::path(slashes).lexically_normal().generic_string();
}

bool is_apple_double(const fs::path& path) { return path.filename().string().starts_with("._"); }

ImageNames::ImageNames(fs::path folder) : folder_(std::move(folder)) {}

FoundImage ImageNames::find(const std::string& name, bool size_is_known) {
  if (name.find('\0') != std::string::npos) return {{}, "the image's name contains a NUL byte"};
  const std::string normal = fs::path(name).lexically_normal().generic_string();
  const std::string fault = image_path_fault(normal).empty() ? "" : image_path_fault(name);
  if (fault.empty() && is_there(normal)) return {normal, {}};
  const std::string slashes = plain_image_name(name);
  const bool inside =
      image_path_fault(slashes).empty() && fs::path(slashes) == without_root(slashes);
  if (inside && is_there(slashes)) return {slashes, {}, true};
  FoundImage found = find_renamed(slashes, size_is_known);
  if (found.file.empty() && found.fault.empty()) found.fault = fault;
  return found;
}

/// Drops one more leading folder each time.
FoundImage ImageNames::find_renamed(const std::string& name, bool size_is_known) {
  fs::path rest = without_root(name);
  bool certain = rest == fs::path(name);
  bool whole = certain;
  while (!rest.empty()) {
    if (certain || size_is_known) {
      if (!whole && is_there(rest)) return {rest.generic_string(), {}, true, !certain};
      if (auto found = find_similar(rest)) return *found;
    }
    std::error_code error;
    if (fs::is_directory(folder_ / *rest.begin(), error)) return {};  // the image is missing in it
    whole = false;
    certain = *rest.begin() == own_name(folder_);
    fs::path shorter;
    for (auto part = std::next(rest.begin()); part != rest.end(); ++part) shorter /= *part;
    rest = shorter;
  }
  return {};
}

/// A file whose name differs in letter case or extension; nothing if there is none.
std::optional<FoundImage> ImageNames::find_similar(const fs::path& path) {
  list_files();
  const std::string name = lower_case(path.generic_string());
  const Files& files = media::is_image_path(path) ? by_name_ : by_stem_;
  const auto found = files.find(name);
  if (found == files.end()) return std::nullopt;
  const std::vector<std::string>& names = found->second;
  if (names.size() > 1)
    return FoundImage{{}, "'" + names[0] + "' and '" + names[1] + "' are both possible"};
  return FoundImage{names.front(), {}, true, true};
}

bool ImageNames::is_there(const fs::path& path) const {
  std::error_code error;
  return fs::is_regular_file(folder_ / path, error);
}

void ImageNames::list_files() {
  if (std::exchange(listed_, true)) return;
  std::error_code error;
  fs::recursive_directory_iterator at(folder_, fs::directory_options::skip_permission_denied,
                                      error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (!media::is_image_path(at->path()) || is_apple_double(at->path())) continue;
    fs::path file = at->path().lexically_relative(folder_);
    const std::string name = file.generic_string();
    by_name_[lower_case(name)].push_back(name);
    by_stem_[lower_case(file.replace_extension().generic_string())].push_back(name);
  }
  for (Files* files : {&by_name_, &by_stem_})
    for (auto& [key, names] : *files) std::sort(names.begin(), names.end());
}

}  // namespace faceshot::data
