// The subcommands of `faceshot` itself, one function each, in a file of the same name. Each adds
// its options to `app` and a callback that does the work and stores the exit code in `exit_code`.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/bench_parts.hpp"

namespace faceshot::cli {

/// @param read photographs for --image; none: faceshot-data takes over where there is one
void add_bench(CLI::App& app, int& exit_code, ReadPhotograph read = {});
void add_inspect(CLI::App& app, int& exit_code);
void add_models(CLI::App& app, int& exit_code);

}  // namespace faceshot::cli
