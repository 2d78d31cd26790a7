#include "dataset/set_builder.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "dataset/prepared_format.hpp"
#include "faceshot/error.hpp"

namespace faceshot {
namespace {

namespace fs = std::filesystem;

/// A folder beside the destination that vanishes with everything in it.
class StagingFolder {
 public:
  explicit StagingFolder(const fs::path& dir) : path_(name_for(dir)) {
    fs::create_directories(path_.parent_path());
    fs::remove_all(path_);  // of a process that had our number before and was killed
    fs::create_directory(path_);
  }
  ~StagingFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  StagingFolder(const StagingFolder&) = delete;
  StagingFolder& operator=(const StagingFolder&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  static fs::path name_for(const fs::path& dir) {
    return dir.string() + ".preparing-" + std::to_string(::getpid());
  }
  fs::path path_;
};

/// The folder's real place without a slash at its end: a sibling of it can be named.
fs::path destination(const fs::path& dir) {
  const fs::path real = fs::weakly_canonical(fs::absolute(dir));
  return real.has_filename() ? real : real.parent_path();
}

bool is_prepared_set(const fs::path& dir) {
  return fs::exists(label_path(dir)) && fs::is_directory(dir / "images");
}

bool same_bytes(const fs::path& a, const fs::path& b) {
  if (fs::file_size(a) != fs::file_size(b)) return false;
  std::ifstream in_a(a, std::ios::binary);
  std::ifstream in_b(b, std::ios::binary);
  return std::equal(std::istreambuf_iterator<char>(in_a), {}, std::istreambuf_iterator<char>(in_b),
                    {});
}

void link_image(const fs::path& from, const fs::path& to, LinkMode mode) {
  fs::create_directories(to.parent_path());
  const fs::path original = fs::canonical(from);  // not a link to a link
  if (mode == LinkMode::symlink) {
    fs::create_symlink(original, to);
    return;
  }
  std::error_code error;
  if (mode == LinkMode::hard) fs::create_hard_link(original, to, error);
  if (mode == LinkMode::copy || error) fs::copy_file(original, to);
}

/// Images that the set has already: they must be the same, and need no second link.
bool is_there(const fs::path& original, const fs::path& existing) {
  if (!fs::exists(existing)) return false;
  if (!fs::equivalent(original, existing) && !same_bytes(original, existing))
    throw Error(ErrorCode::invalid_argument, "'" + existing.string() +
                                                 "' is there already with another content than '" +
                                                 original.string() + "'; choose another folder");
  return true;
}

void move_into(const fs::path& staged, const fs::path& dir, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    fs::create_directories((dir / name).parent_path());
    fs::rename(staged / name, dir / name);
  }
}

}  // namespace

void check_destination(const fs::path& dir) {
  if (!fs::exists(dir)) return;
  if (!fs::is_directory(dir))
    throw Error(ErrorCode::invalid_argument,
                "'" + dir.string() + "' is a file; name a new folder for the set");
  if (!fs::is_empty(dir) && !is_prepared_set(dir))
    throw Error(
        ErrorCode::invalid_argument,
        "'" + dir.string() + "' has content but is no prepared set; name a new or empty folder");
}

void build_set(const fs::path& dir, const std::string& split, const PreparedSet& set, LinkMode mode,
               const std::string& source, const ImportProgress& progress) {
  check_destination(dir);
  try {
    const fs::path target = destination(dir);
    const bool extends = is_prepared_set(target);
    const StagingFolder staging(target);
    const fs::path staged_images = staging.path() / "images";
    fs::create_directory(staged_images);
    std::vector<std::string> staged;
    std::size_t done = 0;
    for (const ImageRecord& record : set.records) {
      const fs::path original = set.images_dir / record.image;
      if (!extends || !is_there(original, target / "images" / record.image)) {
        link_image(original, staged_images / record.image, mode);
        staged.push_back(record.image);
      }
      if (progress) progress(++done, set.records.size());
    }
    // Everything that can be wrong is found here, before the destination changes.
    if (extends) fs::copy_file(label_path(target), label_path(staging.path()));
    write_prepared(staging.path(), split, set, source);
    if (!extends) {
      fs::rename(staging.path(), target);  // also over an empty folder
      return;
    }
    move_into(staged_images, target / "images", staged);
    move_into(staging.path(), target, {split + ".csv", label_path({}).string()});
  } catch (const fs::filesystem_error& e) {
    throw Error(ErrorCode::io, "cannot prepare '" + dir.string() + "': " + e.code().message() +
                                   " ('" + e.path1().string() + "')");
  }
}

}  // namespace faceshot
