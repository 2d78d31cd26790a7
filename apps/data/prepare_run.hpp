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
  std::string split;  ///< empty: the source's; if it has none, train
  std::string link = "hard";
  std::vector<std::string> classes;  ///< to keep; empty: all
  std::string merge;                 ///< one name for all classes; empty: each keeps its own
  std::string exif;                  ///< "turn", "as-is" or empty
  bool strict = false;
  bool json = false;
};

void add_prepare_options(CLI::App& command, PrepareOptions& o);

/// Creates one prepared set from all parts and reports the result. Classes of the same name are
/// merged.
/// @param parts at least one; those with a `folder` are stored in it
/// @param found first part of the JSON summary, if any
/// @return the exit code
/// @throws Error; then nothing is written
int prepare_set(const PrepareOptions& o, std::vector<Source> parts, data::FlawLog& flaws,
                const nlohmann::ordered_json& found = {});

/// [{"kind": ..., "count": ..., "places": [...]}, ...]
[[nodiscard]] nlohmann::ordered_json flaws_json(const data::FlawLog& flaws,
                                                data::FlawEffect effect);

/// Rows of the table: what was changed and omitted, with the first places of each kind.
void print_flaws(const data::FlawLog& flaws);

}  // namespace faceshot::cli
