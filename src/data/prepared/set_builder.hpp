// Writes a prepared set to disk, complete or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "data/import/import.hpp"
#include "data/prepared/prepared.hpp"
#include "data/prepared/staging.hpp"

namespace faceshot::data {

/// Rejects a folder that build_set would reject: call it before long work.
/// @throws Error(invalid_argument) if `dir` is a file, or a folder that has content but is not a
///         prepared set
void check_destination(const std::filesystem::path& dir);

/// One split of a set to build.
struct SplitToBuild {
  std::string name;        ///< "train", "val" or "test"
  const PreparedSet& set;  ///< its images_dir is where the images are now
  /// Where each record's image is instead, if they are in more than one place.
  std::span<const std::filesystem::path> originals{};
};

/// Creates DIR/images, DIR/label.json and for each split DIR/SPLIT.csv. A new set is built in a
/// temporary folder beside `dir` and renamed at the end: if anything fails or interrupts it, `dir`
/// is unchanged. Splits added to a set become visible with their CSVs, which come last, one rename
/// right after the other; a failure before that is undone. (A process that is killed between two of
/// these renames leaves only some of the splits: prepare them again.)
/// @param splits different names, the same classes; an image may be in several
/// @param source one line for label.json: the origin of the set
/// @param progress over the images of all splits
/// @throws Error(invalid_argument) as check_destination, or if two images have the same name and
///         different bytes, here or in the existing set; Error(io)
void build_splits(const std::filesystem::path& dir, std::span<const SplitToBuild> splits,
                  LinkMode mode, const std::string& source, const ImportProgress& progress = {});

/// build_splits with one split.
void build_set(const std::filesystem::path& dir, const std::string& split, const PreparedSet& set,
               LinkMode mode, const std::string& source, const ImportProgress& progress = {},
               const std::vector<std::filesystem::path>& originals = {});

}  // namespace faceshot::data
