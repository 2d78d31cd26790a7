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

/// Files below `dir` with one of these endings, in order; none if it is not there. Builds, what npm
/// installs, and folders that begin with a dot are no part of the project.
[[nodiscard]] std::vector<std::filesystem::path> files_below(
    const std::filesystem::path& dir, std::initializer_list<std::string_view> endings);

/// As it is called in the project: with slashes, from its root on.
[[nodiscard]] std::string name_in(const std::filesystem::path& file,
                                  const std::filesystem::path& root);

}  // namespace faceshot::rules
