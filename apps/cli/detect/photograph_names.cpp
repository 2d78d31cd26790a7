#include "cli/detect/photograph_names.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "faceshot/error.hpp"
#include "media/photographs/image_file.hpp"
#include "support/folder.hpp"

namespace faceshot::cli {

namespace fs = std::filesystem;

namespace {

/// `name`, or with a number before its extension if it is taken: a.jpg and a.png, one file twice,
/// the same name in two folders.
fs::path unique(const fs::path& name, std::set<fs::path>& taken) {
  fs::path result = name;
  for (int n = 2; !taken.insert(result).second; ++n)
    result = name.parent_path() /
             (name.stem().string() + "-" + std::to_string(n) + name.extension().string());
  return result;
}

}  // namespace

std::vector<Job> jobs_of(const std::vector<std::string>& paths, media::PassedOver& passed_over) {
  std::vector<Job> jobs;
  std::set<fs::path> pictures;
  std::set<fs::path> stems;
  for (const fs::path path : paths)
    for (const fs::path& file : media::list_images({path}, &passed_over)) {
      const fs::path name = file == "-"              ? fs::path("stdin")
                            : fs::is_directory(path) ? file.lexically_relative(path)
                                                     : file.filename();
      fs::path picture = name;
      if (!media::is_writable_image_path(name)) picture.replace_extension(".jpg");
      jobs.push_back({.file = file,
                      .picture = unique(picture, pictures),
                      .stem = unique(name.parent_path() / name.stem(), stems),
                      .shown = name.string()});
    }
  return jobs;
}

namespace {

/// Follows links as far as they lead to files: pipes have names that lead nowhere.
fs::path real_name(const fs::path& file) {
  std::error_code failed;
  const fs::path name = fs::weakly_canonical(file, failed);
  return failed ? file : name;
}

}  // namespace

Inputs::Inputs(const std::vector<Job>& jobs) {
  for (const Job& job : jobs) files_.insert(real_name(job.file));
}

bool Inputs::contains(const fs::path& file) const { return files_.contains(real_name(file)); }

fs::path output_path(const fs::path& folder, const fs::path& name, const Inputs& inputs) {
  fs::path target = folder / name;
  for (int n = 2; inputs.contains(target); ++n)
    target = (folder / name)
                 .replace_filename(name.stem().string() + "-" + std::to_string(n) +
                                   name.extension().string());
  support::make_folder(target.parent_path());
  return target;
}

void require_writable_folder(const fs::path& folder) {
  support::make_folder(folder);
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    throw Error(ErrorCode::io,
                "cannot write into '" + folder.string() + "': " + std::strerror(errno));
}

}  // namespace faceshot::cli
