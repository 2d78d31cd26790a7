#include "media_list.hpp"

#include <algorithm>
#include <map>

#include "faceshot/error.hpp"
#include "media/photographs/image_list.hpp"
#include "video/reading/film_list.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

fs::path unlike_others(const fs::path& name, std::set<fs::path>& taken) {
  fs::path result = name;
  for (int n = 2; !taken.insert(result).second; ++n)
    result = name.parent_path() /
             (name.stem().string() + "-" + std::to_string(n) + name.extension().string());
  return result;
}

/// The film and photograph files below a folder, sorted.
std::vector<fs::path> files_below(const fs::path& folder, bool photographs) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (fs::recursive_directory_iterator
           at(folder, fs::directory_options::skip_permission_denied, failed),
       end;
       at != end && !failed; at.increment(failed)) {
    std::error_code ignored;
    const fs::path& file = at->path();
    if (at->is_regular_file(ignored) &&
        (video::is_film_path(file) || (photographs && media::is_image_path(file))))
      files.push_back(file);
  }
  if (failed)
    throw Error(ErrorCode::io, "cannot read folder '" + folder.string() + "': " + failed.message());
  if (files.empty())
    throw Error(ErrorCode::not_found, "folder '" + folder.string() + "' contains no films" +
                                          (photographs ? " and no photographs" : ""));
  std::sort(files.begin(), files.end());
  return files;
}

fs::path real_path(const fs::path& file) {
  std::error_code failed;
  const fs::path name = fs::weakly_canonical(file, failed);
  return failed ? file : name;
}

}  // namespace

std::vector<Medium> list_media(const std::vector<std::string>& paths, bool photographs) {
  std::vector<Medium> media;
  std::set<fs::path> names;
  const auto add = [&](const fs::path& file, const fs::path& name) {
    const bool photograph = media::is_image_path(file) && !video::is_film_path(file);
    media.push_back(
        {file, photograph ? MediumKind::photograph : MediumKind::film, unlike_others(name, names)});
  };
  for (const fs::path path : paths) {
    std::error_code failed;
    if (fs::is_directory(path, failed)) {
      for (const fs::path& file : files_below(path, photographs))
        add(file, file.lexically_relative(path));
    } else if (!fs::exists(path, failed)) {
      throw Error(ErrorCode::not_found, "there is no file '" + path.string() + "'");
    } else if (!photographs && media::is_image_path(path)) {
      throw Error(ErrorCode::invalid_argument,
                  "'" + path.string() + "' is a photograph; use `faceshot detect`");
    } else {
      add(path, path.filename());
    }
  }
  return media;
}

void refuse_inputs(const char* option, const fs::path& file, const std::vector<Medium>& media) {
  if (file.empty() || file == "-") return;
  const fs::path real = real_path(file);
  for (const Medium& medium : media)
    if (real_path(medium.file) == real)
      throw Error(ErrorCode::invalid_argument, std::string(option) + " '" + file.string() +
                                                   "' is one of the inputs; choose another file");
}

}  // namespace faceshot::cli
