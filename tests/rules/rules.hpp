// The house's rules, as functions that list what breaks them. CONTRIBUTING.md says why they are
// there.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace faceshot::rules {

/// One line a breach: the file, and what is wrong.
using Breaches = std::vector<std::string>;

/// Includes between rooms of ROOT/src that ROOT/src/rooms.txt does not allow. A line there is
/// "ROOM: ROOM ROOM ..."; rooms are used downwards only: a room that is used must have a line
/// above. Rooms without a line, and lines without a room, are breaches.
[[nodiscard]] Breaches forbidden_edges(const std::filesystem::path& root);

/// Files of the project that Markdown names and that are not there: targets of links, and words
/// like src/base/random.hpp (an ending may be left out).
[[nodiscard]] Breaches missing_paths(const std::filesystem::path& root);

/// C++ files of more than 500 lines and functions of more than 80, but those that ROOT/tests/rules/
/// long.txt lists, a "FILE" or "FILE FUNCTION" a line. Entries that nothing needs are breaches.
[[nodiscard]] Breaches too_long(const std::filesystem::path& root);

/// Tests that may be skipped (GTEST_SKIP, exit code 77) but are not in ROOT/tests/rules/skips.txt,
/// a "FILE: why" a line. Entries that nothing needs are breaches.
[[nodiscard]] Breaches unlisted_skips(const std::filesystem::path& root);

/// Rooms that choose kernels by isa() and whose tests do not run at each level: ROOT/tests/ROOM/
/// CMakeLists.txt has no faceshot_test_levels(ROOM ...).
[[nodiscard]] Breaches untested_levels(const std::filesystem::path& root);

/// Things that the house does in one place, done in a second one: asking the CPU what it has and
/// choosing instructions for a compiler (src/base/simd), making threads and OpenMP's regions
/// (src/base), reading and writing NPY files (src/support/npy.hpp). Looked for in the
/// C++ of ROOT/src, apps, include, bench and fuzz, and for flags in their CMakeLists.txt.
[[nodiscard]] Breaches second_mechanisms(const std::filesystem::path& root);

/// Headers of ROOT/src that are not the first include of the .cpp file of their name: nothing would
/// show that they can stand alone.
[[nodiscard]] Breaches headers_not_first(const std::filesystem::path& root);

/// Headers that declare names elsewhere than their folder says: those of ROOT/src/ROOM in namespace
/// faceshot::ROOM (`export` is a word of C++: faceshot::exporter) or one within it, those of
/// ROOT/include in faceshot alone. A header of a room may beside that forward-declare classes.
[[nodiscard]] Breaches foreign_namespaces(const std::filesystem::path& root);

/// Options in a program's help texts.
/// @param help what `faceshot ... --help` of all subcommands prints
[[nodiscard]] std::set<std::string> options_of(const std::string& help);

/// Options that ROOT's Markdown gives to `faceshot` and that no help text has; and options of the
/// help texts that no Markdown mentions.
[[nodiscard]] Breaches unknown_options(const std::filesystem::path& root, const std::string& help);

}  // namespace faceshot::rules
