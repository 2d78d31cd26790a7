// The common part of all kinds of `faceshot prepare`, after reading.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "data/import/exif_turn.hpp"
#include "data/import/flaw_log.hpp"
#include "prepare_sources.hpp"

namespace faceshot::cli {

struct PrepareOptions {
  std::filesystem::path out;
  std::string split;  ///< empty: as the source says; where it does not, train
  std::string link = "hard";
  std::vector<std::string> classes;  ///< to keep; empty: all
  std::string merge;                 ///< one name for all classes; empty: each keeps its own
  std::string exif;                  ///< "turn", "as-is" or empty
  bool strict = false;
  bool json = false;
};

void add_prepare_options(CLI::App& command, PrepareOptions& o);

/// Makes one prepared set of all parts and says what became of them. Classes of one name are one.
/// @param parts at least one; those with a `folder` come into it
/// @param found what the JSON summary says before all else, if anything
/// @return the exit code
/// @throws Error; then nothing is written
int prepare_set(const PrepareOptions& o, std::vector<Source> parts, data::FlawLog& flaws,
                const nlohmann::ordered_json& found = {});

/// [{"kind": ..., "count": ..., "places": [...]}, ...]
[[nodiscard]] nlohmann::ordered_json flaws_json(const data::FlawLog& flaws,
                                                data::FlawEffect effect);

/// Rows of the table: what was changed and left out, with the first places of each kind.
void print_flaws(const data::FlawLog& flaws);

}  // namespace faceshot::cli
