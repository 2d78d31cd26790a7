// The splits in the folder of a prepared set.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/prepared/prepared.hpp"

namespace faceshot::data {

/// The splits that a set may have, in the order in which they are listed.
inline constexpr std::string_view split_names[] = {"train", "val", "test"};

/// The split for a name used by other tools, in any case: train or training; val, valid or
/// validation; test or testing. Empty for any other.
/// @return one of split_names, with static lifetime
[[nodiscard]] std::string_view split_named(std::string_view name);

/// The existing splits, in this order; none in a folder that is not a prepared set.
[[nodiscard]] std::vector<std::string> splits_of(const std::filesystem::path& dir);

/// The CSV files that a command works on.
/// @param set the folder of a prepared set, or a CSV file, which is used directly
/// @param split the one wanted of a folder; empty: all existing ones
/// @return at least one
/// @throws Error(not_found) listing the existing splits
[[nodiscard]] std::vector<std::filesystem::path> split_files(const std::filesystem::path& set,
                                                             const std::string& split);

/// The single CSV file that a command works on: in a folder the wanted split, otherwise `usual` if
/// it exists, otherwise the only one.
/// @throws Error(not_found) listing the existing splits
[[nodiscard]] std::filesystem::path split_file(const std::filesystem::path& set,
                                               const std::string& split, const std::string& usual);

/// The split in a CSV file's name; "train" for any other name.
[[nodiscard]] std::string split_of(const std::filesystem::path& csv);

/// The records of all these files of one set, one after the other. An image that occurs again is
/// taken from the first file.
/// @param csvs at least one
/// @throws Error as read_prepared
[[nodiscard]] PreparedSet read_splits(std::span<const std::filesystem::path> csvs);

}  // namespace faceshot::data
