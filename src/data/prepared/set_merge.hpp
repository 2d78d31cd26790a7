// Merges several sets into one, and splits one into several.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "data/prepared/prepared.hpp"

namespace faceshot::data {

struct SetToMerge {
  std::string name;  ///< folder of its images in the merged set; unique
  PreparedSet set;
  double share = 1;  ///< share of its images to include, (0, 1]
};

struct MergedSet {
  PreparedSet set;                               ///< images named NAME/IMAGE; images_dir is empty
  std::vector<std::filesystem::path> originals;  ///< where each record's image is
};

/// Classes of the same name become one; the first set's come first. Which images belong to a share
/// depends only on `seed`.
/// @throws Error(invalid_argument) for a repeated or impossible name, or a share out of range
[[nodiscard]] MergedSet merge_sets(const std::vector<SetToMerge>& sets, std::uint64_t seed);

/// Which images stay together when a set is split.
enum class SplitBy {
  image,
  folder,  ///< all images of a folder (WIDER FACE's events): similar scenes stay together
  name,    ///< a hash of the file name decides for each image alone: held-out images stay held out
           ///< when others are added or removed, and when the same set is prepared elsewhere
};

struct SplitSet {
  std::vector<geometry::ImageRecord> train, val, test;
};

/// Draws images (or whole folders, until the share is reached) at random. Each part keeps the order
/// of `records`. By name, the shares are met on average only, and the hash (64-bit FNV-1a of the
/// file name without its folders, its bits mixed with `seed`) is the same on every machine.
/// @param val, test shares of the images, >= 0, together below 1
/// @throws Error(invalid_argument) for impossible shares
[[nodiscard]] SplitSet split_records(const std::vector<geometry::ImageRecord>& records, double val,
                                     double test, SplitBy by, std::uint64_t seed);

}  // namespace faceshot::data
