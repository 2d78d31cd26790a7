#include "data/prepared/set_builder.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "data/prepared/prepared_format.hpp"
#include "data/prepared/staging.hpp"
#include "faceshot/error.hpp"
#include "support/plain_file.hpp"

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

/// Images that the set already has: they must be identical, and need no second link.
bool is_there(const fs::path& original, const fs::path& existing) {
  if (!fs::exists(existing)) return false;
  if (!fs::equivalent(original, existing) && !same_bytes(original, existing))
    throw Error(ErrorCode::invalid_argument, "'" + existing.string() +
                                                 "' already exists with different content from '" +
                                                 original.string() + "'; choose another folder");
  return true;
}

/// Links the images of all splits into `staged_images`.
/// @param existing images of the set that is extended; empty: there is none
/// @return the names of the linked ones
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

/// Moves files from a staging folder into a set: all of them, or the set is unchanged.
class SetExtension {
 public:
  /// @param staged on the same file system as `target`
  SetExtension(const fs::path& staged, const fs::path& target)
      : staged_(staged), target_(target), old_(staged / "before") {}
  ~SetExtension() {
    if (!done_) take_back();
  }
  SetExtension(const SetExtension&) = delete;
  SetExtension& operator=(const SetExtension&) = delete;

  /// @param name of the file in both folders
  void add(const fs::path& name) {
    const fs::path to = target_ / name;
    fs::create_directories(to.parent_path());
    const bool replaces = fs::exists(to);
    if (replaces) link_image(to, old_ / name, LinkMode::hard);
    fs::rename(staged_ / name, to);
    moved_.push_back({name, replaces});
  }

  void keep() { done_ = true; }

 private:
  struct Moved {
    fs::path name;
    bool replaced = false;
  };

  void take_back() noexcept {
    std::error_code ignored;
    for (auto moved = moved_.rbegin(); moved != moved_.rend(); ++moved) {
      const fs::path to = target_ / moved->name;
      if (moved->replaced)
        fs::rename(old_ / moved->name, to, ignored);
      else
        fs::remove(to, ignored);
      for (fs::path folder = moved->name.parent_path(); folder.has_parent_path();
           folder = folder.parent_path())
        fs::remove(target_ / folder, ignored);  // if it is empty now; never images/ itself
    }
  }

  fs::path staged_, target_, old_;
  std::vector<Moved> moved_;
  bool done_ = false;
};

}  // namespace

void check_destination(const fs::path& dir) {
  if (!fs::exists(dir)) return;
  if (!fs::is_directory(dir))
    throw Error(ErrorCode::invalid_argument,
                "'" + dir.string() + "' is a file; give a new folder for the set");
  if (!fs::is_empty(dir) && !is_prepared_set(dir))
    throw Error(
        ErrorCode::invalid_argument,
        "'" + dir.string() + "' is not empty and not a prepared set; give a new or empty folder");
}

void build_splits(const fs::path& dir, std::span<const SplitToBuild> splits, LinkMode mode,
                  const std::string& source, const ImportProgress& progress) {
  check_destination(dir);
  tell_failures("cannot prepare", dir, [&] {
    const fs::path target = real_folder(dir);
    const bool extends = is_prepared_set(target);
    const StagingFolder staging(target);
    fs::create_directory(staging.path() / "images");
    const std::vector<std::string> images =
        stage_images(splits, extends ? target / "images" : fs::path(), staging.path() / "images",
                     mode, progress);
    // Every possible error is detected here, before the destination changes.
    if (extends) support::copy_file(label_path(target), label_path(staging.path()));
    for (const SplitToBuild& split : splits)
      write_prepared(staging.path(), split.name, split.set, source);
    if (!extends) {
      fs::rename(staging.path(), target);  // also replaces an empty folder
      return;
    }
    SetExtension extension(staging.path(), target);
    for (const std::string& name : images) extension.add(fs::path("images") / name);
    for (const SplitToBuild& split : splits) extension.add(split.name + ".csv");
    extension.add(label_path({}));
    extension.keep();
  });
}

void build_set(const fs::path& dir, const std::string& split, const PreparedSet& set, LinkMode mode,
               const std::string& source, const ImportProgress& progress,
               const std::vector<fs::path>& originals) {
  const SplitToBuild only{split, set, originals};
  build_splits(dir, {&only, 1}, mode, source, progress);
}

}  // namespace faceshot::data
