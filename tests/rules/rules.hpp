// The project's rules, as functions that list violations. CONTRIBUTING.md has the reasons.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace faceshot::rules {

/// One line per violation: the file, and what is wrong.
using Breaches = std::vector<std::string>;

/// Includes between rooms of ROOT/src that ROOT/src/rooms.txt does not allow. A line there is
/// "ROOM: ROOM ROOM ..."; a room may only use rooms that have a line above its own. Rooms without a
/// line, and lines without a room, are violations.
[[nodiscard]] Breaches forbidden_edges(const std::filesystem::path& root);

/// Project files named in Markdown that do not exist: targets of links, and words like
/// src/base/random.hpp (the extension may be omitted).
[[nodiscard]] Breaches missing_paths(const std::filesystem::path& root);

/// C++ files of more than 500 lines and functions of more than 80, except those listed in
/// ROOT/tests/rules/long.txt, one "FILE" or "FILE FUNCTION" per line. Unneeded entries are
/// violations.
[[nodiscard]] Breaches too_long(const std::filesystem::path& root);

/// Tests that may be skipped (GTEST_SKIP, exit code 77) but are not in ROOT/tests/rules/skips.txt,
/// one "FILE: why" per line. Unneeded entries are violations.
[[nodiscard]] Breaches unlisted_skips(const std::filesystem::path& root);

/// Rooms that select kernels by isa() and whose tests do not run at each level:
/// ROOT/tests/ROOM/CMakeLists.txt lacks faceshot_test_levels(ROOM ...).
[[nodiscard]] Breaches untested_levels(const std::filesystem::path& root);

/// Second implementations of things that the project does in one place: querying the CPU and
/// selecting instructions for a compiler (src/base/simd), creating threads and OpenMP regions
/// (src/base), reading and writing NPY files (src/support/npy.hpp). Searched for in the
/// C++ of ROOT/src, apps, include, bench and fuzz, and as flags in their CMakeLists.txt.
[[nodiscard]] Breaches second_mechanisms(const std::filesystem::path& root);

/// Headers of ROOT/src that are not the first include of the .cpp file of the same name: nothing
/// would show that they are self-contained.
[[nodiscard]] Breaches headers_not_first(const std::filesystem::path& root);

/// Headers that declare names outside their folder's namespace: those of ROOT/src/ROOM belong in
/// namespace faceshot::ROOM (`export` is a C++ keyword: faceshot::exporter) or one within it, those
/// of ROOT/include in faceshot itself. A room's header may also forward-declare classes of others.
[[nodiscard]] Breaches foreign_namespaces(const std::filesystem::path& root);

/// Options in a program's help texts.
/// @param help the output of `faceshot ... --help` for all subcommands
[[nodiscard]] std::set<std::string> options_of(const std::string& help);

/// Options that ROOT's Markdown passes to `faceshot` and that no help text has; and options of the
/// help texts that no Markdown mentions.
[[nodiscard]] Breaches unknown_options(const std::filesystem::path& root, const std::string& help);

}  // namespace faceshot::rules
