// Puts a prepared set on disk, complete or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "data/import/import.hpp"
#include "data/prepared/prepared.hpp"
#include "data/prepared/staging.hpp"

namespace faceshot::data {

/// Refuses a folder that build_set would refuse: call it before long work.
/// @throws Error(invalid_argument) if `dir` is a file, or a folder that has content but is no
///         prepared set
void check_destination(const std::filesystem::path& dir);

/// Makes DIR/images, DIR/SPLIT.csv, DIR/label.json. A new set is built in a temporary folder beside
/// `dir` and renamed at the end; a split that is added to a set becomes visible with its CSV, last.
/// Whatever fails, `dir` is left as it was.
/// @param set its images_dir is where the images are now
/// @param originals where each record's image is instead, if they are in more than one place
/// @param source one line for label.json: where the set comes from
/// @throws Error(invalid_argument) as check_destination, or if the set has another image of the
///         same name; Error(io)
void build_set(const std::filesystem::path& dir, const std::string& split, const PreparedSet& set,
               LinkMode mode, const std::string& source, const ImportProgress& progress = {},
               const std::vector<std::filesystem::path>& originals = {});

}  // namespace faceshot::data
