// Which splits the folder of a prepared set has.
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

/// The split that a name of other tools says, in whatever case: train or training; val, valid or
/// validation; test or testing. Empty for any other.
/// @return one of split_names, which stays valid
[[nodiscard]] std::string_view split_named(std::string_view name);

/// Those that are there, in this order; none in a folder that is not a prepared set.
[[nodiscard]] std::vector<std::string> splits_of(const std::filesystem::path& dir);

/// The CSV files that a command works on.
/// @param set the folder of a prepared set, or a CSV file, which is taken as it is
/// @param split the one wanted of a folder; empty: all that are there
/// @return at least one
/// @throws Error(not_found) that names the splits that are there
[[nodiscard]] std::vector<std::filesystem::path> split_files(const std::filesystem::path& set,
                                                             const std::string& split);

/// The one CSV file that a command works on: of a folder the split that is wanted, else `usual` if
/// it is there, else the only one.
/// @throws Error(not_found) that names the splits that are there
[[nodiscard]] std::filesystem::path split_file(const std::filesystem::path& set,
                                               const std::string& split, const std::string& usual);

/// The split that a CSV file's name says; "train" for any other name.
[[nodiscard]] std::string split_of(const std::filesystem::path& csv);

/// The records of all these files of one set, one after the other. An image that comes again is
/// taken once, with what the first file says.
/// @param csvs at least one
/// @throws Error as read_prepared
[[nodiscard]] PreparedSet read_splits(std::span<const std::filesystem::path> csvs);

}  // namespace faceshot::data
