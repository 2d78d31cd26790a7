// The files that the rules read.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace faceshot::rules {

/// The whole of a file; empty if it cannot be read.
[[nodiscard]] std::string read(const std::filesystem::path& path);

[[nodiscard]] std::vector<std::string> lines_of(const std::string& text);

/// Files below `dir` with one of these endings, in order; none if it does not exist. Excludes
/// builds, packages installed by npm, and folders that begin with a dot.
[[nodiscard]] std::vector<std::filesystem::path> files_below(
    const std::filesystem::path& dir, std::initializer_list<std::string_view> endings);

/// Its path in the project: with slashes, relative to the root.
[[nodiscard]] std::string name_in(const std::filesystem::path& file,
                                  const std::filesystem::path& root);

}  // namespace faceshot::rules
