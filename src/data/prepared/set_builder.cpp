#include "data/prepared/set_builder.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "data/prepared/prepared_format.hpp"
#include "data/prepared/staging.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;

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

/// Images that the set has already: they must be the same, and need no second link.
bool is_there(const fs::path& original, const fs::path& existing) {
  if (!fs::exists(existing)) return false;
  if (!fs::equivalent(original, existing) && !same_bytes(original, existing))
    throw Error(ErrorCode::invalid_argument, "'" + existing.string() +
                                                 "' is there already with another content than '" +
                                                 original.string() + "'; choose another folder");
  return true;
}

/// Links the images of all splits into `staged_images`.
/// @param existing images of the set that is extended; empty: there is none
/// @return the names of those that were linked
std::vector<std::string> stage_images(std::span<const SplitToBuild> splits,
                                      const fs::path& existing, const fs::path& staged_images,
                                      LinkMode mode, const ImportProgress& progress) {
  std::size_t total = 0;
  for (const SplitToBuild& split : splits) total += split.set.records.size();
  std::vector<std::string> staged;
  std::size_t done = 0;
  for (const SplitToBuild& split : splits) {
    for (std::size_t i = 0; i < split.set.records.size(); ++i) {
      const std::string& name = split.set.records[i].image;
      const fs::path original =
          split.originals.empty() ? split.set.images_dir / name : split.originals[i];
      const bool known = (!existing.empty() && is_there(original, existing / name)) ||
                         (splits.size() > 1 && is_there(original, staged_images / name));
      if (!known) {
        link_image(original, staged_images / name, mode);
        staged.push_back(name);
      }
      if (progress) progress(++done, total);
    }
  }
  return staged;
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

void build_splits(const fs::path& dir, std::span<const SplitToBuild> splits, LinkMode mode,
                  const std::string& source, const ImportProgress& progress) {
  check_destination(dir);
  try {
    const fs::path target = real_folder(dir);
    const bool extends = is_prepared_set(target);
    const StagingFolder staging(target);
    const fs::path staged_images = staging.path() / "images";
    fs::create_directory(staged_images);
    const std::vector<std::string> staged = stage_images(
        splits, extends ? target / "images" : fs::path(), staged_images, mode, progress);
    // Everything that can be wrong is found here, before the destination changes.
    if (extends) fs::copy_file(label_path(target), label_path(staging.path()));
    std::vector<std::string> files;
    for (const SplitToBuild& split : splits) {
      write_prepared(staging.path(), split.name, split.set, source);
      files.push_back(split.name + ".csv");
    }
    if (!extends) {
      fs::rename(staging.path(), target);  // also over an empty folder
      return;
    }
    move_into(staged_images, target / "images", staged);
    files.push_back(label_path({}).string());
    move_into(staging.path(), target, files);
  } catch (const fs::filesystem_error& e) {
    throw Error(ErrorCode::io, "cannot prepare '" + dir.string() + "': " + e.code().message() +
                                   " ('" + e.path1().string() + "')");
  }
}

void build_set(const fs::path& dir, const std::string& split, const PreparedSet& set, LinkMode mode,
               const std::string& source, const ImportProgress& progress,
               const std::vector<fs::path>& originals) {
  const SplitToBuild only{split, set, originals};
  build_splits(dir, {&only, 1}, mode, source, progress);
}

}  // namespace faceshot::data
